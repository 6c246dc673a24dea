import Components

/// Sums, means and extrema over some axes, or over all with nil. Sums accumulate in double or int64.
///
/// `keepingAxes` leaves reduced axes in the shape with size 1, torch's `keepdim`.
extension Tensor {
  /// Integers and bools give int64, floating point its own dtype.
  public func sum(over axes: [Int]? = nil, keepingAxes: Bool = false) throws(Fault) -> Tensor {
    let lanes = try lanes(axes, keepingAxes)
    if dtype.isFloatingPoint {
      return sums(lanes, divisor: 1).converted(to: dtype).recorded([.init(self)]) {
        [try $0.spread(over: lanes)]
      }
    }
    let source = converted(to: .int64)
    return source.reduced(lanes) { (lane: Lane<Int64>) -> Int64 in
      var sum: Int64 = 0
      lane.forEach { sum &+= $0 }
      return sum
    }
  }

  /// Integers and bools give float32; the mean of nothing is NaN.
  public func mean(over axes: [Int]? = nil, keepingAxes: Bool = false) throws(Fault) -> Tensor {
    let lanes = try lanes(axes, keepingAxes)
    let result = sums(lanes, divisor: Double(lanes.length))
      .converted(to: dtype.isFloatingPoint ? dtype : .float32)
    return result.recorded([.init(self)]) { gradient in
      [
        try gradient.combined(.divide, with: .double(Double(lanes.length)))
          .spread(over: lanes)
      ]
    }
  }

  /// With Bessel's correction unless told otherwise (torch's `std`); of one element it is NaN.
  public func standardDeviation(
    over axes: [Int]? = nil, keepingAxes: Bool = false, unbiased: Bool = true
  ) throws(Fault) -> Tensor {
    let lanes = try lanes(axes, keepingAxes)
    let source = detached.converted(to: .float64)
    let divisor = Double(lanes.length - (unbiased ? 1 : 0))
    let result = source.reduced(lanes) { (lane: Lane<Double>) -> Double in
      var sum = 0.0
      lane.forEach { sum += $0 }
      let mean = sum / Double(lane.count)
      var squares = 0.0
      lane.forEach { squares += ($0 - mean) * ($0 - mean) }
      return (squares / max(divisor, 0)).squareRoot()
    }
    let own = dtype.isFloatingPoint ? dtype : .float32
    return result.converted(to: own).recorded([.init(self)]) { gradient in
      let mean = try source.mean(over: lanes.axes, keepingAxes: true)
      let away = try source.combined(.subtract, with: .tensor(mean))
      let scale = try result.combined(.multiply, with: .double(divisor)).spread(over: lanes)
      return [
        try gradient.converted(to: .float64).spread(over: lanes)
          .combined(.multiply, with: .tensor(away)).combined(.divide, with: .tensor(scale))
          .converted(to: own)
      ]
    }
  }

  /// NaN wins, as in torch.
  public func minimum(over axes: [Int]? = nil, keepingAxes: Bool = false) throws(Fault) -> Tensor {
    try extremum(axes, keepingAxes, largest: false).values
  }

  /// NaN wins, as in torch.
  public func maximum(over axes: [Int]? = nil, keepingAxes: Bool = false) throws(Fault) -> Tensor {
    try extremum(axes, keepingAxes, largest: true).values
  }

  /// The position of the largest element along `axis`, the first of equals; in the flattened tensor
  /// when `axis` is nil. Int64.
  public func argmax(along axis: Int? = nil, keepingAxes: Bool = false) throws(Fault) -> Tensor {
    try extremum(axis.map { [$0] }, keepingAxes, largest: true).positions
  }

  /// Like `argmax`, of the smallest element.
  public func argmin(along axis: Int? = nil, keepingAxes: Bool = false) throws(Fault) -> Tensor {
    try extremum(axis.map { [$0] }, keepingAxes, largest: false).positions
  }

  /// Whether any element is not zero.
  public func any(over axes: [Int]? = nil, keepingAxes: Bool = false) throws(Fault) -> Tensor {
    try converted(to: .bool).sum(over: axes, keepingAxes: keepingAxes).converted(to: .bool)
  }

  /// Whether no element is zero; true of nothing.
  public func all(over axes: [Int]? = nil, keepingAxes: Bool = false) throws(Fault) -> Tensor {
    let isZero = converted(to: .bool).mapElements { (x: Bool) in !x }
    return try isZero.any(over: axes, keepingAxes: keepingAxes).mapElements { (x: Bool) in !x }
  }
}

extension Tensor {
  private func lanes(_ axes: [Int]?, _ keepingAxes: Bool) throws(Fault) -> Lanes {
    Lanes(self, axes: try self.axes(axes), keepingAxes: keepingAxes)
  }

  @inline(__always)
  private func reduced<T: TensorScalar, R: TensorScalar>(
    _ lanes: Lanes, _ body: (Lane<T>) -> R
  ) -> Tensor {
    withElements(of: T.self) { source in
      Tensor(shape: lanes.shape, of: R.self) { lanes.reduce(source, $0, body) }
    }
  }

  /// The gradient of a sum: each number goes to all elements of its lane.
  private func spread(over lanes: Lanes) throws(Fault) -> Tensor {
    try reshaped(lanes.keptShape).expanded(to: lanes.source)
  }

  /// The gradient of an extremum: each number goes to one element of its lane, zeros elsewhere.
  private func placed(at positions: Tensor, in lanes: Lanes) throws(Fault) -> Tensor {
    let places = positions.elements(of: Int64.self)
    let numbers = converted(to: .float64).elements(of: Double.self)
    var result = [Double](repeating: 0, count: lanes.source.reduce(1, *))
    for (lane, place) in places.enumerated() {
      result[lanes.element(Int(place), of: lane)] = numbers[lane]
    }
    return Tensor(result, shape: lanes.source).converted(to: dtype)
  }

  /// Float64.
  private func sums(_ lanes: Lanes, divisor: Double) -> Tensor {
    if dtype == .float32 {
      return reduced(lanes) { (lane: Lane<Float>) -> Double in
        var sum = 0.0
        lane.forEach { sum += Double($0) }
        return sum / divisor
      }
    }
    return detached.converted(to: .float64).reduced(lanes) { (lane: Lane<Double>) -> Double in
      var sum = 0.0
      lane.forEach { sum += $0 }
      return sum / divisor
    }
  }

  private func extremum(
    _ axes: [Int]?, _ keepingAxes: Bool, largest: Bool
  ) throws(Fault) -> (values: Tensor, positions: Tensor) {
    let lanes = try lanes(axes, keepingAxes)
    let found = try detached.extremum(lanes, largest: largest)
    let values = found.values.recorded([.init(self)]) { gradient in
      [try gradient.placed(at: found.positions, in: lanes)]
    }
    return (values, found.positions)
  }

  private func extremum(
    _ lanes: Lanes, largest: Bool
  ) throws(Fault) -> (values: Tensor, positions: Tensor) {
    guard lanes.length > 0 else {
      throw Fault(
        .shape, "a tensor of shape \(shape) has no \(largest ? "largest" : "smallest") element",
        got: "\(shape)", wanted: "at least one element")
    }
    switch dtype {
    case .float32: return extremum(lanes, largest, Float.self)
    case .float64: return extremum(lanes, largest, Double.self)
    case .int64: return extremum(lanes, largest, Int64.self)
    default:
      let wide: DType = dtype.isFloatingPoint ? .float32 : .int64
      let found =
        wide == .int64
        ? converted(to: wide).extremum(lanes, largest, Int64.self)
        : converted(to: wide).extremum(lanes, largest, Float.self)
      return (found.values.converted(to: dtype), found.positions)
    }
  }

  @inline(__always)
  private func extremum<T: TensorScalar & Comparable>(
    _ lanes: Lanes, _ largest: Bool, _ type: T.Type
  ) -> (values: Tensor, positions: Tensor) {
    var values = Tensor(zeros: lanes.shape, dtype: dtype)
    let positions = withElements(of: T.self) { source in
      values.withMutableElements(of: T.self) { values in
        Tensor(shape: lanes.shape, of: Int64.self) { positions in
          var index = 0
          lanes.reduce(source, positions) { lane in
            var (best, position, current): (T?, Int64, Int64) = (nil, 0, 0)
            lane.forEach { x in
              // A NaN is unequal to itself; once it is the best, nothing beats it.
              let wins = best.map { $0 == $0 && (x != x || (largest ? x > $0 : x < $0)) } ?? true
              if wins { (best, position) = (x, current) }
              current += 1
            }
            if let best { values[index] = best }
            index += 1
            return position
          }
        }
      }
    }
    return (values, positions)
  }
}
