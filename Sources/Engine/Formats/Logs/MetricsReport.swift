import Components

/// The tables MONAI 0.8.1's MetricsSaver leaves: overall values, values of every case, summaries.
///
/// Line feeds end lines; a field is quoted only where it contains the delimiter, which MONAI's files
/// do not survive.
public struct MetricsReport: Sendable {
  public var folder: String
  public var delimiter: String
  private let fileSystem: any FileSystem

  public init(folder: String, delimiter: String = ",", on fileSystem: any FileSystem = Disk()) {
    (self.folder, self.delimiter, self.fileSystem) = (folder, delimiter, fileSystem)
  }

  /// `metrics.csv`: a name and a value on each line, without a header.
  public func write(metrics: [(name: String, value: Double)]) throws {
    try write("metrics.csv", metrics.map { [$0.name, PythonNumber.text(of: $0.value)] })
  }

  /// `<name>_raw.csv`: one line a case with its values and their mean.
  ///
  /// - Parameters:
  ///   - values: `[cases, classes]`, `[cases]` or a scalar, float32 or float64; NaN is left out of
  ///     means.
  ///   - images: names of the cases; by default their numbers.
  ///   - labels: names of the classes; by default `class0`, `class1`, ….
  public func write(
    raw name: String, values: Tensor, images: [String]? = nil, labels: [String]? = nil
  ) throws {
    let table = try MetricsTable(values, images: images, labels: labels, name: name)
    let lines = (0..<table.caseCount).map { row in
      [images?[row] ?? String(row)] + table.texts(ofCase: row)
    }
    try write("\(name)_raw.csv", [["filename"] + table.labels] + lines)
  }

  /// `<name>_summary.csv`: one line a class, one column an operation, four decimals.
  ///
  /// - Parameter operations: `mean`, `median`, `max`, `min`, `<integer>percentile`, `std`,
  ///   `notnans`; `*` means all of them with the 90th percentile.
  public func write(
    summary name: String, values: Tensor, operations: [String], labels: [String]? = nil
  ) throws {
    let table = try MetricsTable(values, images: nil, labels: labels, name: name)
    let operations = try Self.read(operations: operations)
    let lines = table.labels.indices.map { column in
      let numbers = table.column(column)
      return [table.labels[column]]
        + operations.map { PythonNumber.text(of: $0.apply(to: numbers), decimals: 4) }
    }
    try write("\(name)_summary.csv", [["class"] + operations.map(\.name)] + lines)
  }

  /// - Throws: the first name that is no operation's.
  static func check(operations: [String]) throws(Fault) { _ = try read(operations: operations) }

  private static func read(operations: [String]) throws(Fault) -> [SummaryOperation] {
    if operations.contains("*") { return SummaryOperation.all }
    var read: [SummaryOperation] = []
    for name in operations { read.append(try SummaryOperation(name)) }
    return read
  }

  private func write(_ name: String, _ lines: [[String]]) throws {
    do { try fileSystem.makeFolder(folder) } catch { throw error.writing(folder) }
    let text = lines.map { $0.map(field).joined(separator: delimiter) + "\n" }.joined()
    try AtomicFile.write(Array(text.utf8), to: PathName.join(folder, name), on: fileSystem)
  }

  private func field(_ text: String) -> String {
    guard text.contains(delimiter) || text.contains("\n") || text.contains("\"") else {
      return text
    }
    return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }
}

/// Values by case and class, with the mean over classes as the last column.
private struct MetricsTable {
  let labels: [String]
  let caseCount: Int
  private let numbers: [[Double]]
  private let isSingle: Bool

  init(_ values: Tensor, images: [String]?, labels: [String]?, name: String) throws {
    guard values.rank <= 2, values.dtype == .float32 || values.dtype == .float64 else {
      throw Fault(
        .shape, "the values of the metric \(name.quoted) are no table",
        got: "\(values.dtype) of shape \(values.shape)", wanted: "floats, [cases, classes]")
    }
    let caseCount = values.rank == 0 ? 1 : values.shape[0]
    let classes = values.rank == 2 ? values.shape[1] : 1
    guard images.map({ $0.count == caseCount }) ?? true,
      labels.map({ $0.count == classes }) ?? true
    else {
      throw Fault(
        .shape, "the names for the metric \(name.quoted) do not fit its values",
        got: "\(images?.count ?? caseCount) cases, \(labels?.count ?? classes) classes",
        wanted: "\(caseCount) cases, \(classes) classes")
    }
    let isSingle = values.dtype == .float32
    let flat =
      isSingle
      ? values.elements(of: Float.self).map(Double.init) : values.elements(of: Double.self)
    numbers = (0..<caseCount).map { row in
      let line = Array(flat[(row * classes)..<((row + 1) * classes)])
      return line + [Self.mean(line, isSingle: isSingle)]
    }
    self.labels = (labels ?? (0..<classes).map { "class\($0)" }) + ["mean"]
    (self.caseCount, self.isSingle) = (caseCount, isSingle)
  }

  /// `nanmean`, in the precision of the values, so that its digits are numpy's.
  private static func mean(_ line: [Double], isSingle: Bool) -> Double {
    let known = line.filter { !$0.isNaN }
    guard !known.isEmpty else { return .nan }
    if isSingle {
      return Double(known.reduce(Float(0)) { $0 + Float($1) } / Float(known.count))
    }
    return known.reduce(0, +) / Double(known.count)
  }

  func texts(ofCase row: Int) -> [String] {
    numbers[row].map {
      isSingle ? PythonNumber.text(of: Float($0)) : PythonNumber.text(of: $0)
    }
  }

  func column(_ index: Int) -> [Double] { numbers.map { $0[index] } }
}

/// An operation over the cases that leaves NaN out, as numpy's `nan…` functions.
private enum SummaryOperation {
  case mean, median, max, min, std, notnans
  case percentile(Int)

  static let all: [SummaryOperation] = [
    .mean, .median, .max, .min, .percentile(90), .std, .notnans,
  ]

  init(_ name: String) throws(Fault) {
    let plain: [String: SummaryOperation] = [
      "mean": .mean, "median": .median, "max": .max, "min": .min, "std": .std, "notnans": .notnans,
    ]
    if let operation = plain[name] {
      self = operation
    } else if name.hasSuffix("percentile"), let rank = Int(name.dropLast(10)) {
      guard (0...100).contains(rank) else {
        throw Fault(.outOfRange, "a percentile is out of range", got: name, wanted: "0...100")
      }
      self = .percentile(rank)
    } else {
      throw Fault.unknown("summary operation", name, among: plain.keys.sorted() + ["90percentile"])
    }
  }

  var name: String {
    if case .percentile(let rank) = self { return "\(rank)percentile" }
    return "\(self)"
  }

  func apply(to column: [Double]) -> Double {
    let known = column.filter { !$0.isNaN }.sorted()
    if case .notnans = self { return Double(known.count) }
    guard let first = known.first, let last = known.last else { return .nan }
    let mean = known.reduce(0, +) / Double(known.count)
    switch self {
    case .mean: return mean
    case .median: return Self.percentile(50, known)
    case .max: return last
    case .min: return first
    case .percentile(let rank): return Self.percentile(Double(rank), known)
    case .std:
      let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return (squares / Double(known.count)).squareRoot()
    case .notnans: return Double(known.count)
    }
  }

  /// Linear between neighbours.
  private static func percentile(_ rank: Double, _ sorted: [Double]) -> Double {
    let place = rank / 100 * Double(sorted.count - 1)
    let low = Int(place.rounded(.down))
    let high = Swift.min(low + 1, sorted.count - 1)
    let share = place - Double(low)
    return share == 0 ? sorted[low] : sorted[low] + (sorted[high] - sorted[low]) * share
  }
}
