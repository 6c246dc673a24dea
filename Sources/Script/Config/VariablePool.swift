import Components

/// The global variables of a config with all the places that set them.
///
/// First-level values of the config and its `determinism` object, below environment.json, below
/// `--set` (NVFlare 2.0 `wfconf`).
public struct VariablePool: Sendable {
  public struct Layer: Sendable {
    public var value: Value
    public var expression: Expression
    public var provenance: Provenance
  }

  public private(set) var names: [String] = []
  private var layers: [String: [Layer]] = [:]

  public init() {}

  /// The value that counts.
  public subscript(name: String) -> Layer? { layers[name]?.last }

  /// Everything that set the name, the winner last.
  public func layers(of name: String) -> [Layer] { layers[name] ?? [] }

  /// Where the provenance is the same, the later definition wins.
  public mutating func define(_ name: String, _ json: JSONValue, _ provenance: Provenance) {
    let layer = Layer(
      value: json.value, expression: Expression(literal: json), provenance: provenance)
    var all = layers[name] ?? []
    if all.isEmpty { names.append(name) }
    let index = all.firstIndex { $0.provenance.kind > provenance.kind } ?? all.count
    all.insert(layer, at: index)
    layers[name] = all
  }
}

extension Expression {
  /// The value as it stands: strings are text, whatever they contain.
  public init(literal json: JSONValue) {
    switch json.form {
    case .null: self.init(.none, json.span)
    case .bool(let flag): self.init(.bool(flag), json.span)
    case .int(let number, let spelling): self.init(.int(number, spelling: spelling), json.span)
    case .double(let number, let spelling):
      self.init(.double(number, spelling: spelling), json.span)
    case .string(let text): self.init(.string(text, ConfigString.style(of: text)), json.span)
    case .list(let items): self.init(.list(items.map { Expression(literal: $0) }), json.span)
    case .object(let entries):
      let entries = entries.map {
        DictEntry(
          key: Expression(.string($0.key, .plain), $0.keySpan), value: Expression(literal: $0.value)
        )
      }
      self.init(.dict(entries), json.span)
    }
  }
}
