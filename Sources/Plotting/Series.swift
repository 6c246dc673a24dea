/// One named line of a chart: as many x as y, in drawing order.
///
/// NaN and infinities in `y` leave a gap.
public struct Series: Sendable, Equatable {
  public var name: String
  public var x: [Double]
  public var y: [Double]

  /// The shorter of the two arrays decides how many points there are.
  public init(_ name: String, x: [Double], y: [Double]) {
    let count = min(x.count, y.count)
    (self.name, self.x, self.y) = (name, Array(x.prefix(count)), Array(y.prefix(count)))
  }

  /// The points 1, 2, 3 … with these heights.
  public init(_ name: String, y: [Double]) {
    self.init(name, x: y.indices.map { Double($0 + 1) }, y: y)
  }

  /// An exponential moving average, each point weighted as if the series began with it
  /// (the debiased form TensorBoard draws). Gaps stay gaps and do not enter the average.
  ///
  /// - Parameter weight: Share of the past in each point, from 0 (unchanged) to below 1.
  public func smoothed(_ weight: Double) -> Series {
    guard weight > 0 else { return self }
    var (average, mass) = (0.0, 0.0)
    var result = self
    for index in y.indices where y[index].isFinite {
      average = weight * average + (1 - weight) * y[index]
      mass = weight * mass + (1 - weight)
      result.y[index] = average / mass
    }
    return result
  }
}
