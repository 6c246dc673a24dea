import Components
import Engine
import Script

/// Thrown where a value is known only once something is built; no mistake.
struct Unknowable: Error {}

/// An object that a check knows by its class, not by its content.
///
/// Whatever is asked of it is unknowable, except that a misspelt method of a network is a mistake.
final class StandIn: HasAttributes, HasIndex, HasArithmetic, Callable {
  let kind: String
  let family: ComponentKind?
  /// Where its component stands; nil for one that was written in place.
  let node: Node?

  init(_ kind: String, _ family: ComponentKind?, _ node: Node? = nil) {
    (self.kind, self.family, self.node) = (kind, family, node)
  }

  var summary: String { kind }
  var name: String { kind }
  var effect: Effect { .pure }
  var attributeNames: [String] { family == .network ? NetworkMethods.names : [] }

  func attribute(_ name: String) throws -> Value? {
    if family == .network, !NetworkMethods.names.contains(name) { return nil }
    return .function(NativeFunction(name) { _, _ in throw Unknowable() })
  }

  var count: Int? { nil }
  func element(at index: Value) throws -> Value { throw Unknowable() }
  func combine(_ operation: BinaryOperator, _ other: Value, swapped: Bool) throws -> Value? {
    throw Unknowable()
  }
  func negated() throws -> Value? { throw Unknowable() }
  func call(_ arguments: Arguments, _ context: CallContext) throws -> Value { throw Unknowable() }
}

extension Value {
  /// The stand-ins in it, at any depth.
  var standIns: [StandIn] {
    switch self {
    case .object(let object as StandIn): [object]
    case .list(let items), .tuple(let items): items.flatMap(\.standIns)
    case .dict(let entries): entries.flatMap { $0.value.standIns }
    default: []
    }
  }
}
