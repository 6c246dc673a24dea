import Components
import Engine

/// Sorts what `plot` is given.
struct PlotReader {
  /// Numbers without a history.
  struct Sample {
    var name: String
    var values: [Float]
    /// A tensor is looked at for how its values are spread, a list for its course.
    var isTensor: Bool
  }

  private let log: RunLog
  private(set) var runs: [(label: String, run: Run)] = []
  private(set) var names: [String] = []
  private(set) var series: [History.Series] = []
  private(set) var samples: [Sample] = []

  init(_ log: RunLog) { self.log = log }

  var isEmpty: Bool { runs.isEmpty && series.isEmpty && samples.isEmpty }

  /// - Parameter label: what a dict calls it.
  mutating func read(_ value: Value, label: String? = nil) throws(Fault) {
    switch value {
    case .string(let name): names.append(name)
    case .object(let run as Run):
      runs.append((label ?? log.name(of: run) ?? "\(runs.count + 1)", run))
    case .object(let curve as HistoryObject): series.append(curve.series)
    case .object(let object as TensorObject):
      let tensor = object.tensor.plain
      samples.append(
        Sample(
          name: label ?? "\(tensor.shape)",
          values: tensor.converted(to: .float32).elements(of: Float.self), isTensor: true))
    case .dict(let entries): for (label, entry) in entries { try read(entry, label: label) }
    case .list(let items), .tuple(let items):
      let numbers = items.compactMap(\.number)
      guard items.isEmpty || numbers.count < items.count else {
        samples.append(Sample(name: label ?? "", values: numbers, isTensor: false))
        return
      }
      for item in items { try read(item) }
    default:
      throw Fault.wrongType(wanted: "name of a series, series, Run, tensor or numbers", got: value)
    }
  }
}

extension Value {
  fileprivate var number: Float? {
    switch self {
    case .int(let number): Float(number)
    case .double(let number): Float(number)
    default: nil
    }
  }
}
