import CKernels
import Components
import Glibc

/// The running moments of Adam and AdamW for one parameter.
struct Moments: Sendable {
  var step: Int
  /// Of the gradient.
  var first: Tensor
  /// Of its square.
  var second: Tensor
  /// The largest second moment so far (amsgrad).
  var largest: Tensor?

  init(step: Int, first: Tensor, second: Tensor, largest: Tensor?) {
    (self.step, self.first, self.second, self.largest) = (step, first, second, largest)
  }

  init(zeros shape: [Int]) {
    self.init(step: 0, first: Tensor(zeros: shape), second: Tensor(zeros: shape), largest: nil)
  }

  /// Elements one thread takes at a time: the five arrays of a part fill half of a second-level cache.
  static let grain = 1 << 15

  /// Counts a step, moves the moments and then the parameter.
  mutating func advance(
    _ value: inout Tensor, along gradient: Tensor, _ hyper: Hyperparameters, threads: Int
  ) {
    step += 1
    if hyper.amsgrad && largest == nil { largest = Tensor(zeros: value.shape) }
    // Without amsgrad a maximum that was once adopted stays as it is.
    var unused: Tensor?
    let settings = hyper.settings(step: step)
    if hyper.amsgrad {
      Self.advance(&value, gradient, &first, &second, &largest, settings, threads)
    } else {
      Self.advance(&value, gradient, &first, &second, &unused, settings, threads)
    }
  }

  private static func advance(
    _ value: inout Tensor, _ gradient: Tensor, _ first: inout Tensor, _ second: inout Tensor,
    _ largest: inout Tensor?, _ settings: etude_adam_settings, _ threads: Int
  ) {
    let count = value.count
    gradient.withElements(of: Float.self) { gradient in
      value.withMutableElements(of: Float.self) { value in
        first.withMutableElements(of: Float.self) { first in
          second.withMutableElements(of: Float.self) { second in
            withElements(of: &largest) { largest in
              guard let value = value.baseAddress, let gradient = gradient.baseAddress,
                let first = first.baseAddress, let second = second.baseAddress
              else { return }
              parallelFor(count, threads: threads, grain: grain) { part in
                let i = part.lowerBound
                withUnsafePointer(to: settings) { settings in
                  etude_adam(
                    value + i, gradient + i, first + i, second + i, largest.map { $0 + i },
                    part.count, settings)
                }
              }
            }
          }
        }
      }
    }
  }

  /// torch's entries: the count is a float32 tensor without axes since 1.12.
  var entries: [(String, StateValue)] {
    [
      ("step", .tensor(Tensor(scalar: Float(step)))), ("exp_avg", .tensor(first)),
      ("exp_avg_sq", .tensor(second)),
    ] + (largest.map { [("max_exp_avg_sq", .tensor($0))] } ?? [])
  }

  init?(from saved: inout SavedMemory) {
    let (step, first, second) = (
      saved.count("step"), saved.tensor("exp_avg"), saved.tensor("exp_avg_sq")
    )
    let hasLargest = saved.has("max_exp_avg_sq")
    let largest = hasLargest ? saved.tensor("max_exp_avg_sq") : nil
    guard let step, let first, let second, !hasLargest || largest != nil else { return nil }
    self.init(step: step, first: first, second: second, largest: largest)
  }

  /// The options that the update reads, in double as the config gives them.
  struct Hyperparameters {
    var lr, eps: Double
    var betas: [Double]
    /// L2 penalty, added to the gradient.
    var decay = 0.0
    /// Share of the parameter that is taken off before the step.
    var shrinkage = 0.0
    var amsgrad, maximize: Bool

    /// Computed in double and rounded once, as torch's Python code does.
    func settings(step: Int) -> etude_adam_settings {
      let first = 1 - pow(betas[0], Double(step))
      let second = 1 - pow(betas[1], Double(step))
      return etude_adam_settings(
        beta1: Float(betas[0]), rest1: Float(1 - betas[0]), beta2: Float(betas[1]),
        rest2: Float(1 - betas[1]), eps: Float(eps), decay: Float(decay),
        shrink: Float(1 - shrinkage), negative_step: Float(-(lr / first)),
        correction: Float(second.squareRoot()), sign: maximize ? -1 : 1)
    }
  }
}
