import CKernels

/// The weighted sum of all windows, and of their weights, on the voxels of the image: what windows add
/// to its padding goes nowhere.
struct Accumulator {
  private let channels: Int
  private let image: [Int]
  private let window: [Int]
  private let padding: [Int]
  private let weights: Tensor
  private var sums: Tensor
  /// One map for all items and channels: every item has the same windows.
  private var counts: Tensor

  /// - Parameter plan: Where windows lie; those of `add` are corners of its.
  init(items: Int, channels: Int, plan: WindowPlan, weights: Tensor, threads: Int) {
    (self.channels, self.weights) = (channels, weights)
    // A 2-D image is a volume of one plane.
    let missing = 3 - plan.image.count
    image = Array(repeating: 1, count: missing) + plan.image
    window = Array(repeating: 1, count: missing) + plan.window
    padding = Array(repeating: 0, count: missing) + plan.padLow
    sums = Tensor(zeros: [items, channels] + plan.image, threads: threads)
    counts = Tensor(zeros: plan.image, threads: threads)
  }

  /// Adds `result[i]`, the window of `places[i]`, in order.
  mutating func add(_ result: Tensor, _ places: [(item: Int, start: [Int])], threads: Int) {
    let (image, window, padding, channels) = (self.image, self.window, self.padding, self.channels)
    let (voxels, windowVoxels) = (image.reduce(1, *), window.reduce(1, *))
    let weights = self.weights
    var counts = self.counts
    self.counts = Tensor(zeros: [])
    sums.withMutableElements(of: Float.self) { sums in
      counts.withMutableElements(of: Float.self) { counts in
        result.withElements(of: Float.self) { values in
          weights.withElements(of: Float.self) { weights in
            guard let sums = sums.baseAddress, let counts = counts.baseAddress,
              let values = values.baseAddress, let weights = weights.baseAddress
            else { return }
            // Threads take planes of the image, so each voxel sees its windows in order.
            parallelFor(image[0], threads: threads) { planes in
              for (index, place) in places.enumerated() {
                let corner = zip(
                  Array(repeating: 0, count: 3 - place.start.count) + place.start, padding
                )
                .map { $0 - $1 }
                let inside = (0..<3).map { axis in
                  (axis == 0 ? planes : 0..<image[axis])
                    .clamped(to: corner[axis]..<corner[axis] + window[axis])
                }
                for channel in 0..<channels {
                  let target = sums + (place.item * channels + channel) * voxels
                  let source = values + (index * channels + channel) * windowVoxels
                  // The map is counted once, with the first channel of the first item.
                  let counted = channel == 0 && place.item == 0
                  for x in inside[0] {
                    for y in inside[1] {
                      let row = ((x - corner[0]) * window[1] + y - corner[1]) * window[2]
                      let from = row + inside[2].lowerBound - corner[2]
                      let to = (x * image[1] + y) * image[2] + inside[2].lowerBound
                      etude_accumulate(
                        source + from, weights + from, target + to, counted ? counts + to : nil,
                        inside[2].count)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    self.counts = counts
  }

  /// Sums divided by weights, in place; nothing can be added afterwards.
  mutating func finish(threads: Int) -> Tensor {
    let voxels = image.reduce(1, *)
    let counts = self.counts
    sums.withMutableElements(of: Float.self) { sums in
      counts.withElements(of: Float.self) { counts in
        let planes = sums.count / max(voxels, 1)
        guard let sums = sums.baseAddress, let counts = counts.baseAddress else { return }
        parallelFor(image[0], threads: threads) { part in
          let plane = image[1] * image[2]
          for index in 0..<planes {
            etude_divide(
              sums + index * voxels + part.lowerBound * plane, counts + part.lowerBound * plane,
              part.count * plane)
          }
        }
      }
    }
    return sums
  }
}

extension Tensor {
  /// Zeros that the threads write who will use them: fresh memory costs most when it is first touched.
  fileprivate init(zeros shape: [Int], threads: Int) {
    self.init(shape: shape, of: Float.self) { elements in
      parallelFor(elements.count, threads: threads, grain: 1 << 20) { part in
        UnsafeMutableBufferPointer(rebasing: elements[part]).initialize(repeating: 0)
      }
    }
  }
}
