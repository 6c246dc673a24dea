import Components

/// A name with what it stands for.
public struct Binding: Sendable {
  /// An expression and where it came from.
  public struct Layer: Sendable {
    public var expression: Expression
    public var provenance: Provenance

    public init(_ expression: Expression, _ provenance: Provenance) {
      (self.expression, self.provenance) = (expression, provenance)
    }
  }

  public let name: String
  public let section: Section
  public var expression: Expression
  public var provenance: Provenance
  /// What it hides, the strongest last: the config's value under one of `--set`.
  public var hidden: [Layer] = []
  /// Set when evaluating the expression acted: this value counts, and the expression is not
  /// evaluated again.
  public var held: HeldValue?

  public var node: Node { Node(section, name) }
}

/// What an action gave when its line ran, and what it read then.
public struct HeldValue: Sendable {
  public struct Read: Sendable {
    public var node: Node
    /// As it was written: `<learning_rate>`, `@model`.
    public var text: String
    public var value: Value

    public init(_ node: Node, _ text: String, _ value: Value) {
      (self.node, self.text, self.value) = (node, text, value)
    }
  }

  public var value: Value
  public var reads: [Read]
  /// The right side as it was written, when the binding's own expression is only its value.
  public var source: Expression?
  /// The `def` that made it, when it is a function.
  public var definition: Statement?

  public init(
    _ value: Value, reads: [Read] = [], source: Expression? = nil, definition: Statement? = nil
  ) {
    (self.value, self.reads, self.source) = (value, reads, source)
    self.definition = definition
  }
}

/// The bindings of a session: three scopes of names in the order they were first bound.
///
/// A value: undo keeps an old one. Everything else of Resolve asks it: lookup, `ref`, `disabled`,
/// the graph, the effective config.
public struct Bindings: Sendable {
  /// Gives the value of an expression that is more than literals and variables.
  public typealias Evaluation = @Sendable (Expression, Section) throws(Fault) -> Value

  public let sources: SourceStore
  public let catalog: Catalog
  let strings: ConfigString
  /// Components for another rank than this one are left out.
  public var rank = 0
  /// Set by who can evaluate; without it a value has to be made of literals and variables.
  public var evaluate: Evaluation?

  private var scopes: [Section: [String: Binding]] = [:]
  private var order: [Section: [String]] = [:]

  public init(sources: SourceStore, catalog: Catalog, syntax: any ExpressionSyntax) {
    (self.sources, self.catalog) = (sources, catalog)
    strings = ConfigString(syntax, sources)
  }

  /// The names bound in a section, in the order they were first bound.
  public func names(in section: Section) -> [String] { order[section] ?? [] }

  public func bindings(in section: Section) -> [Binding] {
    names(in: section).compactMap { self[section, $0] }
  }

  public subscript(section: Section, name: String) -> Binding? { scopes[section]?[name] }

  /// The binding a name means in a section.
  public func lookup(_ name: String, from section: Section) -> Binding? {
    for scope in section.lookupOrder {
      if let binding = self[scope, name] { return binding }
    }
    return nil
  }

  /// Binds a name, in place of what it stood for. Plain strings in components get their config
  /// meaning, and the `metrics` list of 4.0 becomes `key_metric` and `additional_metrics`.
  ///
  /// A weaker binding of the same name is kept beneath: the config's value under one of `--set`.
  public mutating func bind(
    _ name: String, in section: Section, _ expression: Expression, _ provenance: Provenance
  ) {
    let expanded = strings.expand(expression)
    if name == "metrics", section != .top, case .list(let entries) = expanded.form {
      let metrics = MetricList(entries, expanded.span)
      if let key = metrics.key { bind("key_metric", in: section, key, provenance) }
      if let others = metrics.others {
        bind("additional_metrics", in: section, others, provenance)
      }
      return
    }
    var hidden: [Binding.Layer] = []
    if let old = self[section, name] {
      hidden = old.hidden.filter { $0.provenance.kind < provenance.kind }
      if old.provenance.kind < provenance.kind {
        hidden.append(Binding.Layer(old.expression, old.provenance))
      }
    } else {
      order[section, default: []].append(name)
    }
    scopes[section, default: [:]][name] = Binding(
      name: name, section: section, expression: expanded, provenance: provenance, hidden: hidden)
  }

  /// Gives a bound name a value that is kept; binding it again lets that go.
  public mutating func hold(_ held: HeldValue, for node: Node) {
    scopes[node.section]?[node.name]?.held = held
  }

  /// The kept value of a binding.
  public func held(_ node: Node) -> HeldValue? {
    node.isBinding ? self[node.section, node.name]?.held : nil
  }

  public mutating func unbind(_ name: String, in section: Section) {
    guard scopes[section]?.removeValue(forKey: name) != nil else { return }
    order[section]?.removeAll { $0 == name }
  }

  /// Takes over another session's `validate` and its top names, as loading a flat config does.
  public mutating func replaceValidate(with other: Bindings) {
    for name in names(in: .validate) { unbind(name, in: .validate) }
    for section in [Section.top, .validate] {
      for binding in other.bindings(in: section) {
        if scopes[section]?.updateValue(binding, forKey: binding.name) == nil {
          order[section, default: []].append(binding.name)
          scopes[section, default: [:]][binding.name] = binding
        }
      }
    }
  }
}
