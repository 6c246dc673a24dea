/// A Swift type that an argument of a component can have.
public protocol ArgumentType: Sendable {
  /// What the type accepts, for help, checks, completion and the JSON Schema.
  static var form: ArgumentForm { get }
  /// Throws `wrongType` or `invalid` without the argument's name; the schema adds it.
  init(argument value: Value) throws(Fault)
  /// The value as it would be written in a config.
  var argumentValue: Value { get }
  /// Whether a component takes whole numbers beyond `Value.counts` for it.
  static var takesAnyInt: Bool { get }
}

extension ArgumentType {
  public static var takesAnyInt: Bool { false }
}

/// The shape of what an argument accepts, as data.
public indirect enum ArgumentForm: Sendable, Hashable {
  case bool, int, double, string, function, any
  /// A file or folder; `check` looks for it and completion lists files.
  case path
  case choice([String])
  case list(ArgumentForm)
  case dict(ArgumentForm)
  case optional(ArgumentForm)
  case either([ArgumentForm])
  /// A built component of this kind, written `@name` or in place.
  case component(ComponentKind)

  /// How help and errors spell it.
  public var text: String {
    switch self {
    case .bool: "bool"
    case .int: "int"
    case .double: "float"
    case .string: "string"
    case .function: "function"
    case .any: "any value"
    case .path: "path"
    case .choice(let names): names.map(\.quoted).joined(separator: " or ")
    case .list(let element): "list of \(element.textInside)"
    case .dict(let element): "dict of \(element.textInside)"
    case .optional(let wrapped): "\(wrapped.text) or None"
    case .either(let forms): forms.map(\.text).joined(separator: " or ")
    case .component(let kind): kind.rawValue
    }
  }

  /// What is one thing or another stands in parentheses after "list of".
  private var textInside: String {
    switch self {
    case .either, .optional, .choice: "(\(text))"
    default: text
    }
  }
}

extension Bool: ArgumentType {
  public static var form: ArgumentForm { .bool }
  public init(argument value: Value) throws(Fault) {
    guard case .bool(let flag) = value else { throw .wrongType(wanted: "bool", got: value) }
    self = flag
  }
  public var argumentValue: Value { .bool(self) }
}

extension Int: ArgumentType {
  public static var form: ArgumentForm { .int }
  public init(argument value: Value) throws(Fault) {
    guard case .int(let number) = value else { throw .wrongType(wanted: "int", got: value) }
    self = number
  }
  public var argumentValue: Value { .int(self) }
}

extension Double: ArgumentType {
  public static var form: ArgumentForm { .double }
  public init(argument value: Value) throws(Fault) {
    switch value {
    case .double(let number): self = number
    case .int(let number): self = Double(number)
    default: throw .wrongType(wanted: "float", got: value)
    }
  }
  public var argumentValue: Value { .double(self) }
}

extension String: ArgumentType {
  public static var form: ArgumentForm { .string }
  public init(argument value: Value) throws(Fault) {
    guard case .string(let text) = value else { throw .wrongType(wanted: "string", got: value) }
    self = text
  }
  public var argumentValue: Value { .string(self) }
}

extension Optional: ArgumentType where Wrapped: ArgumentType {
  public static var form: ArgumentForm { .optional(Wrapped.form) }
  public init(argument value: Value) throws(Fault) {
    if case .none = value { self = nil } else { self = try Wrapped(argument: value) }
  }
  public var argumentValue: Value { self?.argumentValue ?? .none }
}

extension Array: ArgumentType where Element: ArgumentType {
  public static var form: ArgumentForm { .list(Element.form) }
  public init(argument value: Value) throws(Fault) {
    guard let items = value.elements else {
      throw .wrongType(wanted: Self.form.text, got: value)
    }
    self = []
    for (index, item) in items.enumerated() {
      do throws(Fault) { append(try Element(argument: item)) } catch {
        throw error.inArgument("#\(index + 1)")
      }
    }
  }
  public var argumentValue: Value { .list(map(\.argumentValue)) }
}

/// Any value at all; for arguments whose meaning depends on others.
extension Value: ArgumentType {
  public static var form: ArgumentForm { .any }
  public init(argument value: Value) throws(Fault) { self = value }
  public var argumentValue: Value { self }
}

/// One value for all keys, or a list with one for each: `"mode": "nearest"`, `["bilinear", "nearest"]`.
///
/// MONAI's `ensure_tuple_rep`.
public enum OneOrMany<Element: ArgumentType>: ArgumentType {
  case one(Element)
  case many([Element])

  public static var form: ArgumentForm { .either([Element.form, .list(Element.form)]) }

  public init(argument value: Value) throws(Fault) {
    do throws(Fault) { self = .one(try Element(argument: value)) } catch {
      if value.elements != nil {
        self = .many(try [Element](argument: value))
      } else if error.kind == .wrongType {
        throw .wrongType(wanted: Self.form.text, got: value)
      } else {
        throw error
      }
    }
  }

  public var argumentValue: Value {
    switch self {
    case .one(let element): element.argumentValue
    case .many(let elements): elements.argumentValue
    }
  }

  /// Every element as a list.
  public var values: [Element] {
    switch self {
    case .one(let element): [element]
    case .many(let elements): elements
    }
  }

  /// One element for each of `count` keys.
  public func values(for count: Int, argument: String) throws(Fault) -> [Element] {
    switch self {
    case .one(let element): return Array(repeating: element, count: count)
    case .many(let elements):
      if elements.count == count { return elements }
      throw Fault(
        .invalid, "\(argument) has \(elements.count) values for \(count) keys",
        got: "\(elements.count)", wanted: "1 or \(count)", argument: [argument])
    }
  }
}

/// Either of two types, tried in order: `"to_onehot": 2` or, in 4.0 configs, `true`.
public enum Either<First: ArgumentType, Second: ArgumentType>: ArgumentType {
  case first(First)
  case second(Second)

  public static var form: ArgumentForm { .either([First.form, Second.form]) }

  public init(argument value: Value) throws(Fault) {
    if let first = try? First(argument: value) {  // the second form is tried next and reports
      self = .first(first)
    } else if let second = try? Second(argument: value) {
      self = .second(second)
    } else {
      throw .wrongType(wanted: Self.form.text, got: value)
    }
  }

  public var argumentValue: Value {
    switch self {
    case .first(let value): value.argumentValue
    case .second(let value): value.argumentValue
    }
  }
}

/// Named values, in the order written: `"load_dict": {"model": "@model"}`.
public struct Named<Element: ArgumentType>: ArgumentType {
  public var entries: [(name: String, value: Element)]

  public init(_ entries: [(name: String, value: Element)] = []) { self.entries = entries }
  public static var form: ArgumentForm { .dict(Element.form) }
  public init(argument value: Value) throws(Fault) {
    guard case .dict(let dict) = value else { throw .wrongType(wanted: Self.form.text, got: value) }
    entries = []
    for (name, item) in dict {
      do throws(Fault) { entries.append((name, try Element(argument: item))) } catch {
        throw error.inArgument(name)
      }
    }
  }
  public var argumentValue: Value {
    .dict(ValueDictionary(entries.map { ($0.name, $0.value.argumentValue) }))
  }
  public subscript(name: String) -> Element? { entries.first { $0.name == name }?.value }
}

/// A function, from a lambda or `#monai.handlers.from_engine(...)`.
public struct FunctionArgument: ArgumentType {
  public let function: any Callable

  public init(_ function: any Callable) { self.function = function }
  public static var form: ArgumentForm { .function }
  public init(argument value: Value) throws(Fault) {
    guard case .function(let function) = value else {
      throw .wrongType(wanted: "function", got: value)
    }
    self.function = function
  }
  public var argumentValue: Value { .function(function) }
}

/// A file or folder name; relative ones are read from where the program was started.
public struct PathArgument: ArgumentType, Hashable {
  public var path: String

  public init(_ path: String) { self.path = path }
  public static var form: ArgumentForm { .path }
  public init(argument value: Value) throws(Fault) {
    guard case .string(let text) = value else { throw .wrongType(wanted: "path", got: value) }
    path = text
  }
  public var argumentValue: Value { .string(path) }
}

/// A closed set of words; an enum with text raw values gets the rest from here.
public protocol ChoiceArgument: ArgumentType, RawRepresentable<String>, CaseIterable {}

extension ChoiceArgument {
  public static var form: ArgumentForm { .choice(allCases.map(\.rawValue)) }
  public init(argument value: Value) throws(Fault) {
    guard case .string(let text) = value else {
      throw .wrongType(wanted: Self.form.text, got: value)
    }
    guard let choice = Self(rawValue: text) else {
      throw Fault(
        .outOfRange, "\(text.quoted) is not one of the choices", got: text.quoted,
        wanted: Self.form.text,
        suggestion: Spelling.nearest(to: text, among: Self.allCases.map(\.rawValue)))
    }
    self = choice
  }
  public var argumentValue: Value { .string(rawValue) }
}
