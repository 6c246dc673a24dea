import Components

/// Puts a config, its environment and its options together, in the order in which they win.
struct ConfigAssembly {
  private(set) var loaded: LoadedConfig
  private let root: String?
  private var reader: ConfigReader
  private let sources: SourceStore

  init(bindings: Bindings, root: String?) {
    loaded = LoadedConfig(bindings: bindings)
    self.root = root
    sources = bindings.sources
    reader = ConfigReader(
      catalog: bindings.catalog, strings: bindings.strings, sources: bindings.sources)
  }

  mutating func read(_ config: SourceID, _ environment: SourceID?, _ sets: [String]) {
    let entries = object(config)
    let environmentEntries = environment.map { object($0) } ?? []
    guard loaded.isReadable, let entries, let environmentEntries else { return }
    let isFlat = isFlat(entries)
    loaded.kind = isFlat ? .flat : .train
    if refusesFormat(of: entries) { return }
    warnOfNothing(entries, isFlat)
    define(entries)
    define(environmentEntries, .environment)
    let options = self.options(sets)
    define(options.variables.map { JSONEntry($0.key, $0.keySpan, $0.value) }, .commandLine)
    for name in loaded.variables.names { bind(variable: name) }
    bind(entries, isFlat)
    for option in options.paths { assign(option) }
    warnOfUnread(options.variables)
    loaded.findings += reader.findings
  }

  /// Nil, and not readable, after a mistake in the JSON.
  private mutating func object(_ source: SourceID) -> [JSONEntry]? {
    let (value, findings) = JSONReader.read(source, in: sources)
    loaded.findings += findings
    guard findings.errors.isEmpty, let value else {
      loaded.isReadable = false
      return nil
    }
    guard case .object(let entries) = value.form else {
      loaded.isReadable = false
      report(
        .error, .wrongType, "a config is one object of names and values", value.span,
        got: value.value.kindName, wanted: "{…}")
      return nil
    }
    return entries
  }

  private func isFlat(_ entries: [JSONEntry]) -> Bool {
    let keys = Set(entries.map(\.key))
    return keys.isDisjoint(with: SectionElement.sections)
      && !keys.isDisjoint(with: SectionElement.all)
  }

  /// Reports a config of another program; nothing of it is bound.
  private mutating func refusesFormat(of entries: [JSONEntry]) -> Bool {
    if let target = entries.first(where: { $0.value["_target_"] != nil }) {
      report(
        .error, .unsupported, "this is a MONAI bundle config, not a Clara one", target.keySpan,
        path: target.key, notes: ["components are named by _target_ here, by name in Clara configs"]
      )
      return true
    }
    let train = entries.last { $0.key == "train" }?.value
    var inside: [JSONEntry] = []
    if case .object(let elements)? = train?.form { inside = elements }
    let old = ["image_pipeline", "aux_ops", "lr_policy", "model_loader", "val_image_pipeline"]
    if let entry = (inside + entries).first(where: { old.contains($0.key) }) {
      report(
        .error, .unsupported, "this is a config of Clara 3, which ran on TensorFlow", entry.keySpan,
        path: entry.key, notes: ["its networks and transforms have other names in Clara 4"])
      return true
    }
    return false
  }

  /// A data list or an environment file loads without a mistake and then does nothing.
  private mutating func warnOfNothing(_ entries: [JSONEntry], _ isFlat: Bool) {
    let keys = Set(entries.map(\.key))
    guard !isFlat, keys.isDisjoint(with: SectionElement.sections), let first = entries.first else {
      return
    }
    report(
      .warning, .state, "there is nothing to run in this config", first.keySpan,
      wanted: "a section train or validate, or the elements of a validation",
      notes: ["it has \(entries.map(\.key).joined(separator: ", "))"], code: .nothingToRun)
  }

  /// First-level values and `determinism` of the config.
  private mutating func define(_ entries: [JSONEntry]) {
    for entry in entries {
      switch entry.value.form {
      case .bool, .int, .double, .string, .null: break
      case .object where entry.key == "determinism": break
      case .list, .object: continue
      }
      loaded.variables.define(entry.key, entry.value, Provenance(.config, entry.value.span))
    }
  }

  private mutating func define(_ entries: [JSONEntry], _ kind: Provenance.Kind) {
    for entry in entries {
      loaded.variables.define(
        entry.key, joined(entry.value, for: entry.key), Provenance(kind, entry.value.span))
    }
  }

  /// `MMAR_CKPT_DIR: "models"` is a folder of the MMAR; absolute paths stay.
  private func joined(_ value: JSONValue, for name: String) -> JSONValue {
    guard let root, name.hasPrefix("MMAR_"), case .string(let text) = value.form, !text.isEmpty
    else { return value }
    return JSONValue(.string(ConfigFile.join(root, text)), value.span)
  }

  private mutating func bind(variable name: String) {
    for layer in loaded.variables.layers(of: name) {
      loaded.bindings.bind(name, in: .top, layer.expression, layer.provenance)
    }
  }

  private mutating func bind(_ entries: [JSONEntry], _ isFlat: Bool) {
    for entry in entries where loaded.variables[entry.key] == nil {
      if let section = Section(rawValue: entry.key), section != .top {
        guard case .object(let elements) = entry.value.form else {
          report(
            .error, .wrongType, "\(entry.key) is an object of elements", entry.value.span,
            got: entry.value.value.kindName, wanted: "{…}", path: entry.key)
          continue
        }
        for element in elements { bind(element, in: section, at: [entry.key]) }
      } else if isFlat, SectionElement.all.contains(entry.key) {
        bind(entry, in: entry.key == "trainer" ? .train : .validate, at: [])
      } else {
        let value =
          ComponentKeys.searches.contains(entry.key)
          ? Expression(literal: entry.value)
          : reader.expression(entry.value, at: [entry.key], as: position(of: entry.key))
        loaded.bindings.bind(entry.key, in: .top, value, Provenance(.config, entry.value.span))
      }
    }
  }

  private func position(of name: String) -> ConfigReader.Position {
    SectionElement.all.contains(name) ? .element : .value
  }

  private mutating func bind(_ entry: JSONEntry, in section: Section, at path: [String]) {
    let path = path + [entry.key]
    if !SectionElement.all.contains(entry.key) {
      let near = Spelling.nearest(to: entry.key, among: SectionElement.names)
      report(
        near == nil ? .warning : .error, .unknownName,
        "\(section.rawValue) has no element \(entry.key.quoted)", entry.keySpan,
        suggestion: near, path: path.joined(separator: "."))
    }
    let isList = SectionElement.lists.union(["metrics"]).contains(entry.key)
    switch entry.value.form {
    case .list, .null: break
    default:
      if isList {
        report(
          .error, .wrongType, "\(entry.key) is a list of components", entry.value.span,
          got: entry.value.value.kindName, wanted: "[…]", path: path.joined(separator: "."))
      }
    }
    let value = reader.expression(entry.value, at: path, as: position(of: entry.key))
    loaded.bindings.bind(
      entry.key, in: section, value, Provenance(.config, entry.value.span))
  }

  /// `--set`, sorted into variables and paths; an option that cannot be read is a finding.
  private mutating func options(
    _ sets: [String]
  ) -> (variables: [SetOption], paths: [(path: Path, option: SetOption)]) {
    var variables: [SetOption] = []
    var paths: [(path: Path, option: SetOption)] = []
    for text in sets {
      do throws(Fault) {
        let option = try SetOption.read(text, in: sources)
        let path: Path
        do throws(Fault) { path = try Path(dotted: option.key) } catch {
          throw error.at(sources.place(option.keySpan))
        }
        if path.steps.count == 1, !SectionElement.all.contains(option.key),
          !SectionElement.sections.contains(option.key)
        {
          variables.append(option)
        } else {
          paths.append((path, option))
        }
      } catch {
        // Words after a command script become options too; one without `=` is no reason to stop.
        loaded.findings.append(Finding(error.kind == .usage ? .warning : .error, error))
      }
    }
    return (variables, paths)
  }

  private mutating func assign(_ assignment: (path: Path, option: SetOption)) {
    let option = assignment.option
    do throws(Fault) {
      let target = try loaded.bindings.target(of: assignment.path)
      let isElement =
        target.steps.isEmpty
        || target.steps.count == 1 && SectionElement.lists.contains(target.node.name)
      let value = reader.expression(
        option.value, at: [option.key], as: isElement ? .element : .value)
      let provenance = Provenance(.commandLine, option.value.span)
      if target.node == Node(.top, "determinism"), loaded.bindings[.top, "determinism"] == nil {
        let empty = Expression(.dict([]), option.keySpan)
        loaded.bindings.bind("determinism", in: .top, empty, provenance)
      }
      try loaded.bindings.assign(assignment.path, value, provenance)
    } catch {
      loaded.findings.append(.error(error.at(sources.place(option.keySpan))))
    }
  }

  /// An option for a name that nothing reads is most often misspelt.
  private mutating func warnOfUnread(_ options: [SetOption]) {
    if options.isEmpty { return }
    let read = loaded.bindings.mentionedVariables.union(RunSettings.names)
    let set = Set(options.map(\.key))
    for option in options where !read.contains(option.key) {
      report(
        .warning, .unknownName, "nothing reads \(option.key)", option.keySpan,
        suggestion: Spelling.nearest(
          to: option.key, among: read.union(loaded.bindings.variableNames).subtracting(set)))
    }
  }

  private mutating func report(
    _ severity: Finding.Severity, _ kind: Fault.Kind, _ message: String, _ span: Span,
    got: String? = nil, wanted: String? = nil, suggestion: String? = nil, path: String? = nil,
    notes: [String] = [], code: FindingCode? = nil
  ) {
    loaded.findings.append(
      Finding(
        severity,
        Fault(
          kind, message, got: got, wanted: wanted, suggestion: suggestion,
          place: sources.place(span), path: path, notes: notes), code))
  }
}
