import Components

/// The class numbers that occur in a label.
public struct LabelValues: Sendable, Hashable {
  /// Sorted; no more than `limit` of them are kept.
  public private(set) var classes: [Int] = []
  /// A value that is no whole number, or none at all: labels that were interpolated have such.
  public private(set) var fraction: Float?

  /// A label with more classes than this is no label.
  public static let limit = 256

  public init(of label: Tensor) {
    var seen: Set<Int> = []
    var last = Float.nan
    var fraction: Float?
    label.converted(to: .float32).withElements(of: Float.self) { elements in
      // Neighbours are mostly alike.
      for value in elements where value != last {
        last = value
        guard value.rounded(.towardZero) == value, abs(value) < 0x1p31 else {
          fraction = fraction ?? value
          continue
        }
        if seen.count < Self.limit { seen.insert(Int(value)) }
      }
    }
    (classes, self.fraction) = (seen.sorted(), fraction)
  }
}
