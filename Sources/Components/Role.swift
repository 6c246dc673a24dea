/// The families of components, by the names users see.
public enum ComponentKind: String, Sendable, CaseIterable {
  case network, loss, optimizer
  case scheduler = "lr_scheduler"
  case transform, dataset
  case dataLoader = "dataloader"
  case inferer, metric, handler, trainer, evaluator
}

/// What an argument needs when it needs another component, already built.
public protocol Role: Sendable {
  /// The protocol or class of the built object.
  associatedtype Built: Sendable
  static var kind: ComponentKind { get }
}

/// An argument that is another component: `"optimizer": "@optimizer"`.
///
/// Session resolves the reference and builds the object before the schema sees the value.
public struct Ref<R: Role>: ArgumentType {
  private let stored: R.Built?
  private let value: Value

  /// The neutral value of a required argument before it is set.
  public static var missing: Ref { Ref(stored: nil, value: .none) }

  private init(stored: R.Built?, value: Value) { (self.stored, self.value) = (stored, value) }

  public init(_ built: R.Built) where R.Built: Object {
    self.init(stored: built, value: .object(built))
  }
  /// For roles whose `Built` is an existential such as `any Optimizer`.
  public init(_ built: R.Built, object: any Object) {
    self.init(stored: built, value: .object(object))
  }

  public static var form: ArgumentForm { .component(R.kind) }

  public init(argument value: Value) throws(Fault) {
    guard case .object(let object) = value, let built = object as? R.Built else {
      throw .wrongType(wanted: R.kind.rawValue, got: value)
    }
    self.init(stored: built, value: value)
  }

  public var argumentValue: Value { value }

  /// The built object. The schema has refused a component whose required argument is missing.
  public var built: R.Built {
    guard let stored else { preconditionFailure("read a required argument that was never set") }
    return stored
  }
}
