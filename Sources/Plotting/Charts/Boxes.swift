/// Distributions side by side, as boxes: what one run gives, or the only group.
public struct BoxGroup: Sendable, Equatable {
  public var name: String
  public var boxes: [Box]

  public init(_ name: String = "", boxes: [Box]) { (self.name, self.boxes) = (name, boxes) }
}

/// One distribution; what is not finite is left out.
public struct Box: Sendable, Equatable {
  public let label: String
  /// In rising order.
  public let values: [Double]

  public init(_ label: String, values: [Double]) {
    (self.label, self.values) = (label, values.filter(\.isFinite).sorted())
  }

  /// Between neighbours in proportion, as NumPy's default has it.
  public func quantile(_ share: Double) -> Double {
    guard let last = values.indices.last else { return .nan }
    let place = share * Double(last)
    let below = Int(place)
    let above = min(below + 1, last)
    return values[below] + (place - Double(below)) * (values[above] - values[below])
  }

  /// The least and the greatest value within one and a half box lengths of the box (Tukey); never inside
  /// the box, whose ends may lie between two values.
  public var whiskers: (low: Double, high: Double) {
    let (first, third) = (quantile(0.25), quantile(0.75))
    let reach = 1.5 * (third - first)
    return (
      min(values.first { $0 >= first - reach } ?? .nan, first),
      max(values.last { $0 <= third + reach } ?? .nan, third)
    )
  }
}
