/// An element of any dtype, and how it becomes one of another.
protocol StoredElement: TensorScalar {
  /// Exact for every dtype but int64 beyond 2^53.
  var double: Double { get }
  /// Floating-point values lose their fraction; what does not fit becomes the smallest integer.
  var integer: Int64 { get }
  init(double: Double)
  /// Integers that do not fit wrap around.
  init(integer: Int64)
}

extension Float: StoredElement {
  var double: Double { Double(self) }
  var integer: Int64 { Double(self).integer }
  init(double: Double) { self = Float(double) }
  init(integer: Int64) { self = Float(integer) }
}

extension Double: StoredElement {
  var double: Double { self }
  var integer: Int64 {
    // Both bounds are exact; the comparison is false for NaN.
    self >= -0x1p63 && self < 0x1p63 ? Int64(self) : .min
  }
  init(double: Double) { self = double }
  init(integer: Int64) { self = Double(integer) }
}

extension BFloat16: StoredElement {
  var double: Double { Double(float) }
  var integer: Int64 { Double(float).integer }
  init(double: Double) { self.init(Float(double)) }
  init(integer: Int64) { self.init(Float(integer)) }
}

extension Int64: StoredElement {
  var double: Double { Double(self) }
  var integer: Int64 { self }
  init(double: Double) { self = double.integer }
  init(integer: Int64) { self = integer }
}

extension Int32: StoredElement {
  var double: Double { Double(self) }
  var integer: Int64 { Int64(self) }
  init(double: Double) { self = Int32(exactly: double.rounded(.towardZero)) ?? .min }
  init(integer: Int64) { self = Int32(truncatingIfNeeded: integer) }
}

extension UInt8: StoredElement {
  var double: Double { Double(self) }
  var integer: Int64 { Int64(self) }
  init(double: Double) { self = UInt8(truncatingIfNeeded: double.integer) }
  init(integer: Int64) { self = UInt8(truncatingIfNeeded: integer) }
}

extension Bool: StoredElement {
  var double: Double { self ? 1 : 0 }
  var integer: Int64 { self ? 1 : 0 }
  init(double: Double) { self = double != 0 }
  init(integer: Int64) { self = integer != 0 }
}
