import Components

/// The same numbers in another dtype, and tensors from and to plain numbers.
extension Tensor {
  /// Shares storage when the dtype is the same. Floats lose their fraction on the way to integers,
  /// integers that do not fit wrap, and bfloat16 is rounded to nearest even (torch's `to`).
  public func converted(to dtype: DType) -> Tensor {
    if dtype == self.dtype { return self }
    let own = self.dtype
    let result =
      switch own {
      case .float32: converted(from: Float.self, to: dtype)
      case .float64: converted(from: Double.self, to: dtype)
      case .bfloat16: converted(from: BFloat16.self, to: dtype)
      case .int64: converted(from: Int64.self, to: dtype)
      case .int32: converted(from: Int32.self, to: dtype)
      case .uint8: converted(from: UInt8.self, to: dtype)
      case .bool: converted(from: Bool.self, to: dtype)
      }
    return result.recorded(dtype.isFloatingPoint ? [.init(self)] : []) {
      [$0.converted(to: own)]
    }
  }

  @inline(__always)
  private func converted<S: StoredElement>(from source: S.Type, to dtype: DType) -> Tensor {
    switch dtype {
    case .float32: return converted(from: source, to: Float.self)
    case .float64: return converted(from: source, to: Double.self)
    case .bfloat16: return converted(from: source, to: BFloat16.self)
    case .int64: return converted(from: source, to: Int64.self)
    case .int32: return converted(from: source, to: Int32.self)
    case .uint8: return converted(from: source, to: UInt8.self)
    case .bool: return converted(from: source, to: Bool.self)
    }
  }

  @inline(__always)
  private func converted<S: StoredElement, T: StoredElement>(
    from source: S.Type, to target: T.Type
  ) -> Tensor {
    withElements(of: S.self) { elements in
      Tensor(shape: shape, of: T.self) { result in
        if S.dtype.isFloatingPoint {
          for i in elements.indices { result[i] = T(double: elements[i].double) }
        } else {
          for i in elements.indices { result[i] = T(integer: elements[i].integer) }
        }
      }
    }
  }

  /// The numbers as doubles, in order; int64 beyond 2^53 loses precision.
  public func doubles() -> [Double] { converted(to: .float64).elements(of: Double.self) }

  /// The number in a tensor of exactly one element.
  public func scalarValue() -> Double {
    precondition(count == 1, "a tensor of shape \(shape) is not one number")
    return doubles()[0]
  }
}

extension Tensor {
  /// A tensor without axes that holds a number of a script: bool, int64, or float64.
  init?(number value: Value) {
    switch value {
    case .bool(let flag): self.init([flag], shape: [])
    case .int(let number): self.init([Int64(number)], shape: [])
    case .double(let number): self.init([number], shape: [])
    default: return nil
    }
  }

  /// The element of a one-element tensor as a script's number.
  var number: Value {
    switch dtype.category {
    case .bool: .bool(scalarValue() != 0)
    case .integer: .int(Int(converted(to: .int64).elements(of: Int64.self)[0]))
    case .floatingPoint: .double(scalarValue())
    }
  }
}
