/// Every component a config may name, found by any of its spellings.
public struct Catalog: Sendable {
  public let types: [any Component.Type]
  private let byName: [String: any Component.Type]

  /// Spellings, beside the name itself: declared aliases, and for a dictionary transform `Xd` also
  /// `XD` and `XDict`, as MONAI exports them.
  public init(_ types: [any Component.Type]) {
    self.types = types
    var table: [String: any Component.Type] = [:]
    for type in types {
      let declaration = type.declaration
      for name in [declaration.name] + declaration.aliases { table[name] = type }
      if declaration.kind == .transform, declaration.name.hasSuffix("d") {
        let stem = declaration.name.dropLast()
        table[stem + "D"] = type
        table[stem + "Dict"] = type
      }
    }
    byName = table
  }

  /// A class by its name, an alias, or a dotted Python path into monai, torch or ignite.
  public subscript(spelling: String) -> (any Component.Type)? {
    if let type = byName[spelling] { return type }
    let parts = spelling.split(separator: ".")
    guard parts.count > 1, let last = parts.last, Self.packages.contains(String(parts[0])) else {
      return nil
    }
    return byName[String(last)]
  }

  public var names: [String] { types.map { $0.declaration.name } }
  /// Every spelling without dots, for did-you-mean.
  public var spellings: [String] { Array(byName.keys) }

  private static let packages: Set<String> = ["monai", "torch", "ignite"]
}
