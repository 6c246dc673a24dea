import Components

/// A parameter of a built-in: its name, and its default unless it is required.
public struct BuiltinParameter<Argument: ArgumentType>: Sendable {
  let name: String
  let defaultValue: Argument?
  /// How the default is written where its value alone does not tell: `@model`.
  let defaultText: String?

  public init(_ name: String) { (self.name, defaultValue, defaultText) = (name, nil, nil) }
  public init(_ name: String, default value: Argument, shown text: String? = nil) {
    (self.name, defaultValue, defaultText) = (name, value, text)
  }
}

/// A function of the language, declared once: help, completion and the reading of arguments all come from
/// this row.
public struct Builtin: Callable {
  public struct Parameter: Sendable {
    public let name: String
    public let form: ArgumentForm
    /// Nil when the parameter is required.
    public let defaultValue: Value?
    /// Whether it can be given by name only.
    public let isNamedOnly: Bool
    fileprivate let defaultText: String?

    /// As the signature shows it.
    fileprivate var text: String {
      name + ((defaultText ?? defaultValue?.description).map { "=\($0)" } ?? "")
    }
  }

  public let name: String
  /// One line.
  public let help: String
  public let effect: Effect
  public let parameters: [Parameter]
  /// `round(number, ndigits=None)`
  public let signature: String
  private let body: @Sendable (Arguments, CallContext) throws -> Value

  /// A function of typed parameters, in the order a call without names gives them.
  public init<each Argument: ArgumentType>(
    _ name: String, _ help: String, effect: Effect = .pure,
    _ parameters: repeat BuiltinParameter<each Argument>,
    body: @escaping @Sendable (CallContext, repeat each Argument) throws -> Value
  ) {
    (self.name, self.help, self.effect) = (name, help, effect)
    var rows: [Parameter] = []
    for parameter in repeat each parameters { rows.append(parameter.row(isNamedOnly: false)) }
    self.parameters = rows
    signature = "\(name)(\(rows.map(\.text).joined(separator: ", ")))"
    self.body = { arguments, context in
      var reader = ArgumentReader(name, arguments)
      let values = (repeat try reader.read(each parameters))
      try reader.finish()
      return try body(context, repeat each values)
    }
  }

  /// A function of any number of values and, by name only, of typed parameters: `plot(*what, y=None)`.
  public init<each Argument: ArgumentType>(
    _ name: String, _ help: String, effect: Effect = .pure, anyNumberOf values: String,
    _ parameters: repeat BuiltinParameter<each Argument>,
    body: @escaping @Sendable (CallContext, [Value], repeat each Argument) throws -> Value
  ) {
    (self.name, self.help, self.effect) = (name, help, effect)
    var rows: [Parameter] = []
    for parameter in repeat each parameters { rows.append(parameter.row(isNamedOnly: true)) }
    self.parameters = rows
    let texts = ["*\(values)"] + rows.map(\.text)
    signature = "\(name)(\(texts.joined(separator: ", ")))"
    self.body = { arguments, context in
      var reader = ArgumentReader(name, Arguments(named: arguments.named))
      let values = (repeat try reader.read(each parameters))
      try reader.finish()
      return try body(context, arguments.positional, repeat each values)
    }
  }

  /// A function of any number of values, such as `max(1, 2, 3)`; `names` are the arguments it takes by
  /// name, nil for any.
  public init(
    _ name: String, _ help: String, effect: Effect = .pure, signature: String,
    names: [String]? = [], body: @escaping @Sendable (Arguments, CallContext) throws -> Value
  ) {
    (self.name, self.help, self.effect, parameters) = (name, help, effect, [])
    self.signature = signature
    self.body = { arguments, context in
      if let names, let unknown = arguments.named.keys.first(where: { !names.contains($0) }) {
        throw ArgumentReader.unknown(unknown, of: name, among: names)
      }
      return try body(arguments, context)
    }
  }

  public func call(_ arguments: Arguments, _ context: CallContext) throws -> Value {
    try body(arguments, context)
  }

  public var definition: String? { effect == .pure ? name : nil }
}

extension BuiltinParameter {
  fileprivate func row(isNamedOnly: Bool) -> Builtin.Parameter {
    Builtin.Parameter(
      name: name, form: Argument.form, defaultValue: defaultValue?.argumentValue,
      isNamedOnly: isNamedOnly, defaultText: defaultText)
  }
}

/// Hands out the arguments of one call, by position or by name.
private struct ArgumentReader {
  let function: String
  let arguments: Arguments
  private var taken: [String] = []

  init(_ function: String, _ arguments: Arguments) {
    (self.function, self.arguments) = (function, arguments)
  }

  mutating func read<Argument>(_ parameter: BuiltinParameter<Argument>) throws(Fault) -> Argument {
    let position = taken.count
    let name = parameter.name
    taken.append(name)
    let positional = position < arguments.positional.count ? arguments.positional[position] : nil
    if positional != nil, arguments.named[name] != nil {
      throw Fault(.invalid, "\(function) is given \(name) twice")
    }
    guard let value = positional ?? arguments.named[name] else {
      if let value = parameter.defaultValue { return value }
      throw Fault(.missingArgument, "\(function) needs \(name)", wanted: Argument.form.text)
    }
    do throws(Fault) { return try Argument(argument: value) } catch {
      guard error.kind == .wrongType else { throw error.inArgument(name) }
      throw Fault(
        .wrongType,
        "for parameter \(name) of \(function): got \(value.kindName), want \(Argument.form.text)",
        got: value.shortened)
    }
  }

  func finish() throws(Fault) {
    if arguments.positional.count > taken.count {
      throw Fault(
        .invalid, "\(function) takes at most \(taken.count) arguments",
        got: "\(arguments.positional.count)")
    }
    if let unknown = arguments.named.keys.first(where: { !taken.contains($0) }) {
      throw Self.unknown(unknown, of: function, among: taken)
    }
  }

  static func unknown(_ name: String, of function: String, among known: [String]) -> Fault {
    Fault(
      .unknownArgument, "\(function) has no parameter \(name)",
      suggestion: Spelling.nearest(to: name, among: known))
  }
}
