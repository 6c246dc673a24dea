/// Every component a config may name, found by any of its spellings.
public struct Catalog: Sendable {
  public let types: [any Component.Type]
  /// Every spelling without dots, for did-you-mean: names before their variants, which are as near.
  public let spellings: [String]
  private let byName: [String: any Component.Type]

  /// Spellings, beside the name itself: declared aliases, and for a dictionary transform `Xd` also
  /// `XD` and `XDict`, as MONAI exports them.
  public init(_ types: [any Component.Type]) {
    self.types = types
    var table: [String: any Component.Type] = [:]
    var spellings: [String] = []
    for type in types {
      let declaration = type.declaration
      var names = [declaration.name] + declaration.aliases
      if declaration.kind == .transform, declaration.name.hasSuffix("d") {
        let stem = declaration.name.dropLast()
        names += [stem + "D", stem + "Dict"]
      }
      for name in names where table.updateValue(type, forKey: name) == nil {
        spellings.append(name)
      }
    }
    (byName, self.spellings) = (table, spellings)
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

  private static let packages: Set<String> = ["monai", "torch", "ignite"]
}
