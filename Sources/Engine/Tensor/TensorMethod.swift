import Components

/// A method of tensors, by torch's name and with torch's parameters.
struct TensorMethod: Sendable {
  let name: String
  private let parameters: [String]
  private let takesAny: Bool
  private let effect: Effect
  private let body: @Sendable (Tensor, MethodArguments, CallContext) throws -> Value

  private init(
    _ name: String, _ parameters: [String] = [], takesAny: Bool = false, effect: Effect = .pure,
    _ body: @escaping @Sendable (Tensor, MethodArguments, CallContext) throws -> Value
  ) {
    (self.name, self.parameters, self.takesAny) = (name, parameters, takesAny)
    (self.effect, self.body) = (effect, body)
  }

  func bound(to tensor: Tensor) -> NativeFunction {
    NativeFunction(name, effect: effect) { arguments, context in
      try body(
        tensor, MethodArguments(name, parameters, takesAny: takesAny, arguments), context)
    }
  }

  static func named(_ name: String) -> TensorMethod? { byName[name] }

  private static let byName = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  static let all =
    reductions + shapes + conversions + functions + [
      TensorMethod("backward", ["gradient"], effect: .action) { tensor, arguments, _ in
        guard try arguments.optional("gradient", Value.self) != nil else {
          try Engine.backward(tensor)
          return .none
        }
        let gradient = try arguments.tensor("gradient")
        guard gradient.shape == tensor.shape else {
          throw Fault(
            .shape, "a gradient has the shape of its tensor", got: "\(gradient.shape)",
            wanted: "\(tensor.shape)")
        }
        try Engine.backward(tensor, gradient: gradient.detached.converted(to: tensor.dtype))
        return .none
      }
    ]

  private static let reductions = [
    TensorMethod("sum", ["dim", "keepdim"]) { tensor, arguments, _ in
      try .tensor(tensor.sum(over: arguments.axes("dim"), keepingAxes: arguments.keepsAxes))
    },
    TensorMethod("mean", ["dim", "keepdim"]) { tensor, arguments, _ in
      try .tensor(tensor.mean(over: arguments.axes("dim"), keepingAxes: arguments.keepsAxes))
    },
    TensorMethod("std", ["dim", "unbiased", "keepdim"]) { tensor, arguments, _ in
      try .tensor(
        tensor.standardDeviation(
          over: arguments.axes("dim"), keepingAxes: arguments.keepsAxes,
          unbiased: arguments.optional("unbiased") ?? true))
    },
    TensorMethod("min", ["dim", "keepdim"]) { tensor, arguments, _ in
      guard let axis: Int = try arguments.optional("dim") else {
        return try .tensor(tensor.minimum())
      }
      let keeps = try arguments.keepsAxes
      return try .tuple([
        .tensor(tensor.minimum(over: [axis], keepingAxes: keeps)),
        .tensor(tensor.argmin(along: axis, keepingAxes: keeps)),
      ])
    },
    TensorMethod("max", ["dim", "keepdim"]) { tensor, arguments, _ in
      guard let axis: Int = try arguments.optional("dim") else {
        return try .tensor(tensor.maximum())
      }
      let keeps = try arguments.keepsAxes
      return try .tuple([
        .tensor(tensor.maximum(over: [axis], keepingAxes: keeps)),
        .tensor(tensor.argmax(along: axis, keepingAxes: keeps)),
      ])
    },
    TensorMethod("argmax", ["dim", "keepdim"]) { tensor, arguments, _ in
      try .tensor(
        tensor.argmax(along: arguments.optional("dim"), keepingAxes: arguments.keepsAxes))
    },
    TensorMethod("argmin", ["dim", "keepdim"]) { tensor, arguments, _ in
      try .tensor(
        tensor.argmin(along: arguments.optional("dim"), keepingAxes: arguments.keepsAxes))
    },
    TensorMethod("any", ["dim", "keepdim"]) { tensor, arguments, _ in
      try .tensor(tensor.any(over: arguments.axes("dim"), keepingAxes: arguments.keepsAxes))
    },
    TensorMethod("all", ["dim", "keepdim"]) { tensor, arguments, _ in
      try .tensor(tensor.all(over: arguments.axes("dim"), keepingAxes: arguments.keepsAxes))
    },
  ]

  private static let shapes = [
    TensorMethod("reshape", takesAny: true) { tensor, arguments, _ in
      try .tensor(tensor.reshaped(inferring: arguments.integers()))
    },
    TensorMethod("view", takesAny: true) { tensor, arguments, _ in
      try .tensor(tensor.reshaped(inferring: arguments.integers()))
    },
    TensorMethod("flatten") { tensor, _, _ in .tensor(tensor.reshaped([tensor.count])) },
    TensorMethod("permute", takesAny: true) { tensor, arguments, _ in
      try .tensor(tensor.permuted(axes: arguments.integers()))
    },
    TensorMethod("squeeze", ["dim"]) { tensor, arguments, _ in
      let axis = try arguments.optional("dim", Int.self).map { try tensor.axis($0) }
      let kept = tensor.shape.indices.filter {
        tensor.shape[$0] != 1 || (axis != nil && axis != $0)
      }
      return .tensor(tensor.reshaped(kept.map { tensor.shape[$0] }))
    },
    TensorMethod("unsqueeze", ["dim"]) { tensor, arguments, _ in
      let axis = try Tensor.axis(
        arguments.required("dim"), of: tensor.shape, rank: tensor.rank + 1)
      var shape = tensor.shape
      shape.insert(1, at: axis)
      return .tensor(tensor.reshaped(shape))
    },
    TensorMethod("size", ["dim"]) { tensor, arguments, _ in
      guard let axis: Int = try arguments.optional("dim") else {
        return .tuple(tensor.shape.map { .int($0) })
      }
      let place = try tensor.axis(axis)
      return .int(tensor.rank > 0 ? tensor.shape[place] : 1)
    },
    TensorMethod("numel") { tensor, _, _ in .int(tensor.count) },
  ]

  private static let conversions =
    [
      TensorMethod("item") { tensor, _, _ in
        guard tensor.count == 1 else {
          throw Fault(
            .shape, "only a tensor of one element is a number", got: "shape \(tensor.shape)",
            remedy: "use .mean().item() or .tolist()")
        }
        return tensor.number
      },
      TensorMethod("tolist") { tensor, _, context in
        try context.budget.allow(size: tensor.count)
        try context.budget.spend(tensor.count)
        return tensor.nestedList
      },
      TensorMethod("to", ["dtype"]) { tensor, arguments, _ in
        let name: String = try arguments.required("dtype")
        guard let dtype = DType(rawValue: name.hasPrefix("torch.") ? "\(name.dropFirst(6))" : name)
        else { throw Fault.unknown("dtype", name, among: DType.allCases.map(\.rawValue)) }
        return .tensor(tensor.converted(to: dtype))
      },
    ]
    + [
      ("float", DType.float32), ("double", .float64), ("bfloat16", .bfloat16), ("long", .int64),
      ("int", .int32), ("byte", .uint8), ("bool", .bool),
    ].map { name, dtype in
      TensorMethod(name) { tensor, _, _ in .tensor(tensor.converted(to: dtype)) }
    }
    // Tensors are values on the host: these have nothing to do, and lambdas from Python call them.
    + ["clone", "contiguous", "cpu"].map { name in
      TensorMethod(name) { tensor, _, _ in .tensor(tensor) }
    }
    + ["detach", "numpy"].map { name in
      TensorMethod(name) { tensor, _, _ in .tensor(tensor.detached) }
    }

  private static let functions =
    ElementwiseFunction.allCases.map { function in
      TensorMethod(function.rawValue) { tensor, _, _ in .tensor(tensor.applying(function)) }
    } + [
      TensorMethod("clamp", ["min", "max"]) { tensor, arguments, _ in
        try .tensor(tensor.clamped(from: arguments.optional("min"), to: arguments.optional("max")))
      },
      TensorMethod("softmax", ["dim"]) { tensor, arguments, _ in
        try .tensor(tensor.softmax(along: arguments.required("dim")))
      },
    ]
}

extension MethodArguments {
  fileprivate var keepsAxes: Bool {
    get throws(Fault) { try optional("keepdim") ?? false }
  }
}

extension Tensor {
  /// Lists in lists, one level an axis; a plain number without axes.
  fileprivate var nestedList: Value {
    if shape.isEmpty { return number }
    let flat: [Value] =
      switch dtype.category {
      case .bool: converted(to: .bool).elements(of: Bool.self).map { .bool($0) }
      case .integer: converted(to: .int64).elements(of: Int64.self).map { .int(Int($0)) }
      case .floatingPoint: doubles().map { .double($0) }
      }
    var level = flat
    for axis in shape.indices.dropFirst().reversed() {
      let length = shape[axis]
      let groups = shape[..<axis].reduce(1, *)
      level = (0..<groups).map { .list(Array(level[$0 * length..<($0 + 1) * length])) }
    }
    return .list(level)
  }
}
