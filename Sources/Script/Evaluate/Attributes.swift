import Components

/// `x.name`: what a value offers by name.
enum Attributes {
  static func value(of name: String, in receiver: Value) throws -> Value {
    switch receiver {
    case .object(let object):
      guard let holder = object as? any HasAttributes else {
        throw Fault(.unknownName, "\(object.kind) has no attributes", got: name)
      }
      if let value = try holder.attribute(name) { return value }
      throw Fault(
        .unknownName, "\(object.kind) has no attribute \(name)",
        suggestion: Spelling.nearest(to: name, among: holder.attributeNames),
        notes: holder.attributeNames.isEmpty
          ? [] : ["it has " + holder.attributeNames.sorted().prefix(12).joined(separator: ", ")])
    default:
      if let method = Methods.named(name, of: receiver) {
        return .function(try BoundMethod(receiver, method))
      }
      throw unknown(name, in: receiver)
    }
  }

  private static func unknown(_ name: String, in receiver: Value) -> Fault {
    if let remedy = Methods.remedy(forChanging: receiver, with: name) {
      return Fault(
        .unsupported, "\(receiver.kindPhrase) is a value and is not changed in place",
        remedy: remedy)
    }
    var fault = Fault(
      .unknownName, "\(receiver.kindPhrase) has no \(name)",
      suggestion: Spelling.nearest(to: name, among: Methods.of(receiver).map(\.name)))
    if case .dict(let entries) = receiver, entries[name] != nil {
      fault.remedy = "[\(name.quoted)]"
    }
    return fault
  }
}

/// A method together with the value it was read from.
struct BoundMethod: Callable, Nested {
  let receiver: Value
  let method: Builtin
  let nesting: Int

  init(_ receiver: Value, _ method: Builtin) throws(Fault) {
    (self.receiver, self.method) = (receiver, method)
    nesting = try Nesting.depth(of: receiver, StepBudget())
  }

  var name: String { method.name }
  var effect: Effect { method.effect }

  func call(_ arguments: Arguments, _ context: CallContext) throws -> Value {
    try method.call(
      Arguments([receiver] + arguments.positional, named: arguments.named), context)
  }
}

extension Value {
  /// `a list`, `an int`
  var kindPhrase: String {
    let kind = kindName
    let isVowel = kind.unicodeScalars.first.map { "aeiouAEIO".unicodeScalars.contains($0) } ?? false
    return (isVowel ? "an " : "a ") + kind
  }
}
