extension Value {
  /// What a whole number may be that counts or measures anything: a product of two such numbers is one
  /// that a computer holds.
  public static let counts = -Int(Int32.max)...Int(Int32.max)

  /// A whole number beyond that, here or in a list.
  fileprivate var outsizedInt: Int? {
    switch self {
    case .int(let number): Self.counts.contains(number) ? nil : number
    case .list(let items), .tuple(let items): items.lazy.compactMap(\.outsizedInt).first
    default: nil
    }
  }
}

/// One argument of a component, declared once: everything else reads this row.
public struct Argument<Root: Sendable>: Sendable {
  public let name: String
  public let help: String
  public let form: ArgumentForm
  public let isRequired: Bool
  /// True for keys that stand beside `args` in a config: `log_label`, `data_list_key`.
  public let isAttribute: Bool
  /// Where it stops: shown in help, `0...1`.
  public let range: String?
  /// The least and the greatest value it may have, where it has such.
  public let least: Value?
  public let most: Value?

  let get: @Sendable (Root) -> Value
  let set: @Sendable (inout Root, Value) throws(Fault) -> Void

  private init<V: ArgumentType>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, _ help: String,
    isRequired: Bool = false, isAttribute: Bool = false, range: String? = nil, least: V? = nil,
    most: V? = nil, accepts: @escaping @Sendable (V) -> Bool = { _ in true }
  ) {
    (self.name, self.help, form) = (name, help, V.form)
    (self.isRequired, self.isAttribute, self.range) = (isRequired, isAttribute, range)
    (self.least, self.most) = (least?.argumentValue, most?.argumentValue)
    get = { $0[keyPath: path].argumentValue }
    set = { (root, value) throws(Fault) in
      if !V.takesAnyInt, let number = value.outsizedInt {
        throw Fault(
          .outOfRange, "\(name) is out of range", got: "\(number)",
          wanted: "\(Value.counts.lowerBound)...\(Value.counts.upperBound)", argument: [name])
      }
      let typed: V
      do throws(Fault) { typed = try V(argument: value) } catch { throw error.inArgument(name) }
      guard accepts(typed) else {
        throw Fault(
          .outOfRange, "\(name) is out of range", got: value.shortened, wanted: range,
          argument: [name])
      }
      root[keyPath: path] = typed
    }
  }

  public static func required<V: ArgumentType>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, _ help: String
  ) -> Argument { Argument(name, path, help, isRequired: true) }

  public static func required<V: ArgumentType & Comparable>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, in range: ClosedRange<V>,
    _ help: String
  ) -> Argument {
    Argument(
      name, path, help, isRequired: true, range: "\(range)", least: range.lowerBound,
      most: range.upperBound
    ) { range.contains($0) }
  }

  /// The default is the property's own initial value.
  public static func optional<V: ArgumentType>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, _ help: String
  ) -> Argument { Argument(name, path, help) }

  public static func optional<V: ArgumentType & Comparable>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, in range: ClosedRange<V>,
    _ help: String
  ) -> Argument {
    Argument(
      name, path, help, range: "\(range)", least: range.lowerBound, most: range.upperBound
    ) { range.contains($0) }
  }

  public static func optional<V: ArgumentType & Comparable>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, in range: PartialRangeFrom<V>,
    _ help: String
  ) -> Argument {
    Argument(name, path, help, range: "≥ \(range.lowerBound)", least: range.lowerBound) {
      range.contains($0)
    }
  }

  /// A key beside `args` in a config.
  public static func attribute<V: ArgumentType>(
    _ name: String, _ path: WritableKeyPath<Root, V> & Sendable, _ help: String
  ) -> Argument { Argument(name, path, help, isAttribute: true) }
}
