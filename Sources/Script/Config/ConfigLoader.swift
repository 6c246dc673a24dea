import Components

/// A config that was read: its bindings, its variables and what there is to say about them.
public struct LoadedConfig: Sendable {
  public enum Kind: Sendable { case train, flat }

  public var bindings: Bindings
  /// The global variables with every place that set them.
  public var variables = VariablePool()
  public var findings: [Finding] = []
  /// `flat` has the elements of `validate` at the top, as validation and inference configs do.
  public var kind = Kind.train
  public var location: ConfigLocation?
  /// False when the text is no JSON object; then nothing is bound.
  public var isReadable = true
}

/// Reads a config with its environment and options into bindings.
public struct ConfigLoader: Sendable {
  private let sources: SourceStore
  private let catalog: Catalog
  private let syntax: any ExpressionSyntax

  public init(sources: SourceStore, catalog: Catalog, syntax: (any ExpressionSyntax)? = nil) {
    (self.sources, self.catalog) = (sources, catalog)
    self.syntax = syntax ?? EtudeSyntax(sources, names: ComponentNames(catalog))
  }

  /// Reads an MMAR folder or a config file; see `ConfigLocation` for what is found by itself.
  ///
  /// - Parameter sets: `name=value` and `path=value` of `--set`, later ones winning.
  /// - Throws: when a file cannot be read. Mistakes inside the files are findings.
  public func load(
    path: String, environment: String? = nil, root: String? = nil, sets: [String] = []
  ) throws(Fault) -> LoadedConfig {
    let location = try ConfigLocation(path: path, environment: environment, root: root)
    let config = try ConfigFile.open(location.config, in: sources)
    var findings = config.findings
    var environmentSource: SourceID?
    if let path = location.environment {
      let opened = try ConfigFile.open(path, in: sources)
      findings += opened.findings
      environmentSource = opened.source
    }
    var loaded = load(
      config.source, environment: environmentSource, root: location.root, sets: sets)
    loaded.location = location
    loaded.findings = findings + loaded.findings
    return loaded
  }

  /// Reads texts that are sources already, such as a config pasted at the prompt.
  public func load(
    _ config: SourceID, environment: SourceID? = nil, root: String? = nil, sets: [String] = []
  ) -> LoadedConfig {
    let bindings = Bindings(sources: sources, catalog: catalog, syntax: syntax)
    var assembly = ConfigAssembly(bindings: bindings, root: root)
    assembly.read(config, environment, sets)
    return assembly.loaded
  }
}
