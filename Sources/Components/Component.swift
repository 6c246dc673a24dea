import Synchronization

/// A nameable thing with arguments: a network, a transform, a handler.
///
/// One file a component. Arguments are properties with their defaults, the schema adds names, help
/// and ranges, and construction, completion, help, checks and reference pages all read the schema.
public protocol Component: Sendable {
  /// All defaults.
  init()
  static var kind: ComponentKind { get }
  static var schema: Schema<Self> { get }
  /// Rules that span arguments; `argument` of the fault names the one to blame.
  func validate() throws(Fault)
}

extension Component {
  public func validate() throws(Fault) {}

  /// Sets every given argument and reports the first that is unknown, missing, mistyped or out of range.
  public static func make(_ arguments: ValueDictionary = [:]) throws(Fault) -> Self {
    let reading = read(arguments)
    if let fault = reading.faults.first { throw fault }
    try reading.component.validate()
    return reading.component
  }

  /// Sets what can be set and collects everything that is wrong; rules that span arguments are left to
  /// `validate`.
  ///
  /// - Parameter open: arguments that are written, but whose values nobody knows yet: they keep their
  ///   defaults and are not missing.
  public static func read(
    _ arguments: ValueDictionary, open: Set<String> = []
  ) -> (component: Self, faults: [Fault]) {
    let schema = schema
    var component = Self()
    var faults: [Fault] = []
    for (name, value) in arguments {
      guard let argument = schema.argument(name) else {
        faults.append(schema.unknownArgument(name))
        continue
      }
      do throws(Fault) { try argument.set(&component, value) } catch { faults.append(error) }
    }
    // What was meant by a misspelt name is not missing too.
    let meant = faults.compactMap(\.suggestion)
    let missing = schema.required.filter {
      arguments[$0] == nil && !open.contains($0) && !meant.contains($0)
    }
    if let first = missing.first {
      faults.append(
        Fault(
          .missingArgument, "\(schema.name) needs \(missing.joined(separator: ", "))",
          wanted: missing.count == 1 ? schema.argument(first)?.form.text : nil, argument: []))
    }
    return (component, faults)
  }

  /// The arguments that differ from their defaults, as a config would hold them.
  public var changedArguments: ValueDictionary {
    let defaults = Self()
    return ValueDictionary(
      Self.schema.arguments.compactMap { argument in
        let value = argument.get(self)
        return !argument.isRequired && value == argument.get(defaults)
          ? nil : (argument.name, value)
      })
  }

  /// The declaration without its type, for everything that only reads.
  public static var declaration: Declaration {
    KnownDeclarations.of(Self.self) { declared }
  }

  private static var declared: Declaration {
    let defaults = Self()
    return Declaration(
      name: schema.name, kind: kind, help: schema.help, aliases: schema.aliases,
      arguments: schema.arguments.indices.map {
        let argument = schema.arguments[$0]
        return Declaration.Argument(
          name: argument.name, help: argument.help, form: argument.form,
          isRequired: argument.isRequired, isAttribute: argument.isAttribute,
          range: argument.range, least: argument.least, most: argument.most,
          defaultValue: argument.get(defaults))
      })
  }
}

/// Declarations that were asked for: a check asks for each component's again and again.
private enum KnownDeclarations {
  private static let known = Mutex<[ObjectIdentifier: Declaration]>([:])

  static func of(_ type: any Component.Type, _ make: () -> Declaration) -> Declaration {
    let key = ObjectIdentifier(type)
    if let declaration = known.withLock({ $0[key] }) { return declaration }
    let declaration = make()
    known.withLock { $0[key] = declaration }
    return declaration
  }
}

/// A component's declaration as plain data.
public struct Declaration: Sendable {
  public struct Argument: Sendable {
    public let name: String
    public let help: String
    public let form: ArgumentForm
    public let isRequired: Bool
    public let isAttribute: Bool
    public let range: String?
    /// The least and the greatest value, where there are such.
    public let least: Value?
    public let most: Value?
    public let defaultValue: Value
  }

  public let name: String
  public let kind: ComponentKind
  public let help: String
  public let aliases: [String]
  public let arguments: [Argument]

  public func argument(_ name: String) -> Argument? { arguments.first { $0.name == name } }
}

/// Name, one line of help and the arguments of a component type.
public struct Schema<Root: Sendable>: Sendable {
  public let name: String
  public let help: String
  /// Other spellings of the name that configs use.
  public let aliases: [String]
  public let arguments: [Argument<Root>]
  /// Of the arguments, in their order: texts are searched faster than what is of a type known only
  /// while running.
  private let names: [String]
  let required: [String]

  public init(
    _ name: String, _ help: String, aliases: [String] = [], _ arguments: Argument<Root>...
  ) {
    (self.name, self.help, self.aliases, self.arguments) = (name, help, aliases, arguments)
    // By index: walking what is of a type known only while running costs more than all the rest.
    names = arguments.indices.map { arguments[$0].name }
    required = arguments.indices.filter { arguments[$0].isRequired }.map { arguments[$0].name }
  }

  public func argument(_ name: String) -> Argument<Root>? {
    guard let index = names.firstIndex(of: name) else { return nil }
    return arguments[index]
  }

  func unknownArgument(_ name: String) -> Fault {
    Fault(
      .unknownArgument, "\(self.name) has no argument \(name.quoted)",
      suggestion: Spelling.nearest(to: name, among: names), argument: [name],
      notes: names.isEmpty
        ? ["\(self.name) takes no arguments"] : ["it takes \(names.joined(separator: ", "))"])
  }
}
