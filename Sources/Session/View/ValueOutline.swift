import Components
import Engine
import Script

/// What completion and `%who` need to know of a value, taken from it once: reading an outline touches
/// nothing that lives.
public struct ValueOutline: Sendable {
  /// The word users know its kind by.
  public var kind: String
  /// One short line.
  public var text: String
  /// What stands after a dot.
  public var attributes: [String] = []
  /// What stands in brackets and quotes, each with what it leads to.
  public var entries: [(key: String, value: ValueOutline)] = []
  /// The first elements of a list.
  public var elements: [ValueOutline] = []
  /// What a function takes.
  public var parameters: [ParameterOutline]?

  static let elementLimit = 4
  private static let entryLimit = 200
  private static let depthLimit = 3
  private static let textLimit = 60

  public init(_ value: Value) { self.init(value, depth: 0) }

  private init(_ value: Value, depth: Int) {
    kind = value.kindName
    text = Self.text(of: value)
    guard depth < Self.depthLimit else { return }
    func outline(_ value: Value) -> ValueOutline { ValueOutline(value, depth: depth + 1) }
    switch value {
    case .list(let items), .tuple(let items):
      elements = items.prefix(Self.elementLimit).map(outline)
    case .dict(let dict):
      entries = dict.prefix(Self.entryLimit).map { ($0.key, outline($0.value)) }
    case .function(let function): parameters = ParameterOutline.all(of: function)
    case .object(let object):
      attributes = (object as? any HasAttributes)?.attributeNames.sorted() ?? []
      switch object {
      case let sample as SampleObject:
        entries = sample.sample.keys.compactMap { key in
          sample.sample[key].map { (key, outline($0.value)) }
        }
      case let batch as BatchObject:
        let keys = batch.batch.items.first?.keys ?? batch.batch.tensors.keys.sorted()
        entries = keys.map { key in
          (key, batch.batch.tensors[key].map { outline(.object(TensorObject($0))) } ?? .unknown)
        }
      default: break
      }
    default: break
    }
    if attributes.isEmpty { attributes = value.methodNames }
  }

  private init(kind: String) { (self.kind, text) = (kind, "") }
  private static let unknown = ValueOutline(kind: "value")

  /// The outline after more steps; nil where the way is not known.
  func following(_ steps: some Sequence<Path.Step>) -> ValueOutline? {
    var outline = self
    for step in steps {
      let next: ValueOutline? =
        switch step {
        case .key(let key): outline.entries.first { $0.key == key }?.value
        case .index(let index):
          outline.elements.indices.contains(index)
            ? outline.elements[index] : outline.elements.first
        case .name: nil
        }
      guard let next else { return nil }
      outline = next
    }
    return outline
  }

  /// At most a short line, whatever the size of the value.
  private static func text(of value: Value) -> String {
    switch value {
    case .list(let items), .tuple(let items):
      let isShort = items.count <= 8 && items.allSatisfy(\.isScalar)
      return isShort ? cut(value.description) : "\(items.count) elements"
    case .dict(let dict): return cut(dict.keys.prefix(12).joined(separator: ", "))
    case .string(let text): return cut(String(text.prefix(textLimit + 1)).quoted)
    case .function(let function): return "function \(function.name)"
    case .object(let tensor as TensorObject):
      let shape = tensor.tensor.shape.map(String.init).joined(separator: "×")
      return "\(tensor.tensor.dtype.rawValue) \(shape)"
    case .object(let run as Run): return cut(run.line(number: nil))
    case .object(let sample as SampleObject): return cut(sample.sample.keys.joined(separator: ", "))
    case .object(let object): return object.kind
    default: return cut(value.description)
    }
  }

  /// The first line, at most as long as a list shows.
  static func cut(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    return line.count <= textLimit && line.count == text.count
      ? text : line.prefix(textLimit - 1) + "…"
  }
}

extension Value {
  fileprivate var isScalar: Bool {
    switch self {
    case .none, .bool, .int, .double, .string: true
    default: false
    }
  }
}

/// A parameter as lists of completions show it.
public struct ParameterOutline: Sendable, Equatable {
  public var name: String
  /// Nil when anything goes.
  public var form: ArgumentForm?
  /// `float = 0.1`, `list of int, required`
  public var detail: String
  public var isRequired = false

  init(_ argument: Declaration.Argument) {
    (name, form, isRequired) = (argument.name, argument.form, argument.isRequired)
    detail =
      argument.form.text + (argument.isRequired ? ", required" : " = \(argument.defaultValue)")
  }

  init(_ parameter: Builtin.Parameter) {
    (name, form, isRequired) = (parameter.name, parameter.form, parameter.defaultValue == nil)
    detail = parameter.form.text + (parameter.defaultValue.map { " = \($0)" } ?? ", required")
  }

  private init(_ parameter: Closure.Parameter) {
    (name, isRequired) = (parameter.name, parameter.defaultValue == nil)
    detail = parameter.defaultValue.map { "= \($0.shortened)" } ?? "required"
  }

  static func all(of function: any Callable) -> [ParameterOutline]? {
    switch function {
    case let builtin as Builtin: builtin.parameters.map(ParameterOutline.init)
    case let closure as Closure: closure.parameters.map(ParameterOutline.init)
    default: nil
    }
  }
}
