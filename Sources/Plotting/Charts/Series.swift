import Glibc

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

  /// With what the axes cannot show turned into gaps.
  func drawn(on x: Axis, _ y: Axis) -> Series {
    guard x.isLogarithmic || y.isLogarithmic else { return self }
    var result = self
    for index in result.y.indices {
      let isShown =
        (!x.isLogarithmic || self.x[index] > 0) && (!y.isLogarithmic || self.y[index] > 0)
      if !isShown { result.y[index] = .nan }
    }
    return result
  }

  var hasPoint: Bool { zip(x, y).contains { $0.isFinite && $1.isFinite } }

  /// A series that looks the same with fewer points: of the points in each of `columns` equal parts of
  /// the axis, the first, the least, the greatest and the last.
  func thinned(on axis: Axis, columns: Int = 1000) -> Series {
    guard y.count > 4 * columns else { return self }
    func place(_ value: Double) -> Double { axis.isLogarithmic ? log(value) : value }
    var low = Double.infinity
    var high = -Double.infinity
    for value in x where place(value).isFinite {
      low = min(low, place(value))
      high = max(high, place(value))
    }
    guard low < high else { return self }
    let scale = Double(columns) / (high - low)
    func column(_ index: Int) -> Int {
      let value = place(x[index])
      return value.isFinite ? min(Int((value - low) * scale), columns - 1) : -1
    }
    var result = Series(name, x: [], y: [])
    var start = 0
    while start < y.count {
      let part = column(start)
      var end = start + 1
      while end < y.count, column(end) == part { end += 1 }
      for index in representatives(start..<end) {
        result.x.append(x[index])
        result.y.append(y[index])
      }
      start = end
    }
    // Points that run to and fro have no columns.
    return result.y.count < y.count ? result : self
  }

  /// Places in their order; a part without a number is one gap.
  private func representatives(_ part: Range<Int>) -> [Int] {
    var (least, greatest): (Int?, Int?)
    for index in part where y[index].isFinite {
      if least.map({ y[index] < y[$0] }) ?? true { least = index }
      if greatest.map({ y[index] > y[$0] }) ?? true { greatest = index }
    }
    guard let least, let greatest else { return [part.lowerBound] }
    var places = [part.lowerBound, min(least, greatest), max(least, greatest), part.upperBound - 1]
    // A gap at the edge of a column is none where the column has points.
    places.removeAll { !y[$0].isFinite }
    return places.enumerated().filter { $0.offset == 0 || places[$0.offset - 1] != $0.element }
      .map(\.element)
  }
}
