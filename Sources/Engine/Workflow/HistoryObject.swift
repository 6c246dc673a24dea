import Components

/// A curve as the language holds it: `run.train_loss`. Reads as the list of its values, and knows where
/// each was logged.
public final class HistoryObject: HasAttributes, HasIndex {
  public let series: History.Series

  public init(_ series: History.Series) { self.series = series }

  public var kind: String { "series" }
  public var count: Int? { series.values.count }

  /// What it is about in one line, then its values: all of a short one, of a long one some, evenly
  /// spaced.
  public var summary: String {
    let values = series.values
    guard let first = values.first, let last = values.last else { return "\(series.name): empty" }
    var head = "\(series.name)  \(values.count) values by \(series.axis.rawValue)"
    head += "  \(Self.text(first)) → \(Self.text(last))"
    if let least = place(of: <), let greatest = place(of: >) {
      head += "  min \(at(least))  max \(at(greatest))"
    }
    let shown = Self.evenly(values.count, atMost: 20)
    let cells = shown.map { ("\(series.positions[$0])", Self.text(values[$0])) }
    let widths = (
      cells.map(\.0.count).max() ?? 0, cells.map(\.1.count).max() ?? 0
    )
    let texts = cells.map { position, value in
      String(repeating: " ", count: widths.0 - position.count) + position + " "
        + String(repeating: " ", count: widths.1 - value.count) + value
    }
    let rows = stride(from: 0, to: texts.count, by: 4).map { start in
      "  " + texts[start..<min(start + 4, texts.count)].joined(separator: "   ")
    }
    return ([head] + rows).joined(separator: "\n")
  }

  public func element(at index: Value) throws -> Value {
    switch index {
    case .int(let number):
      let place = number < 0 ? number + series.values.count : number
      guard series.values.indices ~= place else {
        throw Fault(
          .outOfRange, "\(series.name) has \(series.values.count) values", got: "\(number)",
          wanted: "0 to \(series.values.count - 1)")
      }
      return .double(series.values[place])
    case .slice(let bounds):
      let (first, count, step) = try bounds.positions(in: series.values.count)
      let places = (0..<count).map { first + $0 * step }
      return .object(
        HistoryObject(
          History.Series(
            name: series.name, axis: series.axis, positions: places.map { series.positions[$0] },
            values: places.map { series.values[$0] })))
    default: throw Fault.wrongType(wanted: "int or slice", got: index)
    }
  }

  public var attributeNames: [String] {
    ["argmax", "argmin", "axis", "max", "mean", "min", "name", "x", "y"]
  }

  public func attribute(_ name: String) -> Value? {
    switch name {
    case "name": .string(series.name)
    case "axis": .string(series.axis.rawValue)
    case "x": .list(series.positions.map { .int($0) })
    case "y": .list(series.values.map { .double($0) })
    case "min": method(name) { [self] in place(of: <).map { .double(series.values[$0]) } }
    case "max": method(name) { [self] in place(of: >).map { .double(series.values[$0]) } }
    case "argmin": method(name) { [self] in place(of: <).map { .int(series.positions[$0]) } }
    case "argmax": method(name) { [self] in place(of: >).map { .int(series.positions[$0]) } }
    case "mean":
      method(name) { [self] in
        let known = series.values.filter { !$0.isNaN }
        return known.isEmpty ? nil : .double(known.reduce(0, +) / Double(known.count))
      }
    default: nil
    }
  }

  private func method(_ name: String, _ body: @escaping @Sendable () -> Value?) -> Value {
    .function(NativeFunction(name) { _, _ in body() ?? Value.none })
  }

  /// Of the extreme value, what is no number left aside.
  private func place(of isBefore: (Double, Double) -> Bool) -> Int? {
    series.values.indices.filter { !series.values[$0].isNaN }
      .min { isBefore(series.values[$0], series.values[$1]) }
  }

  private func at(_ place: Int) -> String {
    "\(Self.text(series.values[place])) (\(series.positions[place]))"
  }

  private static func text(_ value: Double) -> String {
    let size = abs(value)
    if size != 0, size < 1e-3 || size >= 1e6 { return PythonNumber.text(of: Float(value)) }
    return PythonNumber.text(of: value, decimals: 4)
  }

  private static func evenly(_ count: Int, atMost limit: Int) -> [Int] {
    if count <= limit { return Array(0..<count) }
    return (0..<limit).map { $0 * (count - 1) / (limit - 1) }
  }
}
