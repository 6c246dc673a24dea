import Components
import Synchronization

/// A parameter as the language holds it: an element of `@model.parameters()`.
public final class ParameterObject: Object, HasAttributes {
  public let parameter: Parameter

  public init(_ parameter: Parameter) { self.parameter = parameter }

  public var kind: String { "parameter" }
  public var summary: String {
    let value = parameter.value
    return "parameter \(parameter.name) \(value.dtype.rawValue) \(value.shape)"
  }

  public var attributeNames: [String] { ["data", "dtype", "grad", "name", "numel", "shape"] }

  public func attribute(_ name: String) -> Value? {
    switch name {
    case "data": .tensor(parameter.value)
    case "dtype": .string(parameter.value.dtype.rawValue)
    case "grad": parameter.gradient.map { .tensor($0) } ?? Value.none
    case "name": .string(parameter.name)
    case "numel":
      .function(NativeFunction(name) { [parameter] _, _ in .int(parameter.value.count) })
    case "shape": .tuple(parameter.value.shape.map { .int($0) })
    default: nil
    }
  }
}

/// What `@model.parameters()` gives: each parameter once, in the order of the state dictionary.
public final class ParameterStream: Components.Stream {
  private let parameters: [Parameter]
  private let position = Atomic<Int>(0)

  public init(_ parameters: [Parameter]) { self.parameters = parameters }

  public var kind: String { "parameters" }
  public var summary: String { "\(parameters.count) parameters" }

  public func next() -> Value? {
    let index = position.add(1, ordering: .relaxed).oldValue
    return parameters.indices.contains(index)
      ? .object(ParameterObject(parameters[index])) : nil
  }
}
