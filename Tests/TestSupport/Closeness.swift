extension [Double] {
  /// Equal in number, each pair at most `tolerance` apart; NaN is close to NaN only.
  public func isClose(to other: [Double], within tolerance: Double) -> Bool {
    count == other.count
      && zip(self, other).allSatisfy { a, b in
        a.isNaN || b.isNaN ? a.isNaN && b.isNaN : a == b || (a - b).magnitude <= tolerance
      }
  }
}
