import Components
import Engine
import Script

extension EtudeSession {
  var loadAction: Builtin {
    Builtin(
      "load",
      "Reads an MMAR folder, a config or a script into the session, or weights into @model.",
      effect: .action, BuiltinParameter<PathArgument>("path"),
      BuiltinParameter<PathArgument?>("environment", default: nil),
      BuiltinParameter<PathArgument?>("root", default: nil),
      BuiltinParameter<Named<Value>>("set", default: Named()),
      BuiltinParameter("strict", default: true)
    ) { [self] _, path, environment, root, sets, strict in
      switch FileEnding(path.path) {
      case .config:
        try load(
          path.path, environment: environment?.path, root: root?.path,
          sets: try sets.entries.map(Self.option), strict: strict)
      case .script, .weights, .safeTensors:
        guard environment == nil, root == nil, sets.entries.isEmpty else {
          throw Fault(
            .usage, "environment, root and set belong to configs", got: path.path,
            remedy: "load(\(path.path.quoted))")
        }
        try load(file: path.path, strict: strict)
      case .other(let fault): throw fault
      }
      return .none
    }
  }

  private func load(file path: String, strict: Bool) throws {
    if FileEnding(path).isScript { try loadScript(path) } else { try loadWeights(path, strict) }
  }

  /// One entry of `set=` as a word of `--set`.
  private static func option(_ name: String, _ value: Value) throws(Fault) -> String {
    let nowhere = Span(SourceID(0), 0, 0)
    guard let json = JSONValue(value, span: nowhere) else {
      throw Fault(
        .wrongType, "a config holds no \(value.kindName)", got: value.shortened,
        argument: ["set", name])
    }
    return name + "=" + JSONWriter.string(json)
  }

  /// Reads a config into the session. Remarks are notes; mistakes are thrown, the first with all others
  /// beneath it.
  ///
  /// - Parameter strict: false turns mistakes that leave the rest usable into warnings, and reads
  ///   variables that nobody set as None, as Clara does.
  public func load(
    _ path: String, environment: String? = nil, root: String? = nil, sets: [String] = [],
    strict: Bool = true
  ) throws {
    let loaded = try read(path, environment: environment, root: root, sets: sets)
    try accept(loaded, strict: strict)
  }

  /// Reads a config without binding anything of it.
  func read(
    _ path: String, environment: String?, root: String?, sets: [String]
  ) throws(Fault) -> LoadedConfig {
    try ConfigLoader(sources: sources, catalog: catalog).load(
      path: path, environment: environment, root: root, sets: options.sets + sets)
  }

  /// Makes a config that was read the session's.
  func take(_ loaded: LoadedConfig) {
    let remarks = loaded.findings.filter { $0.severity != .error }
    guard loaded.kind == .flat, !bindings.names(in: .train).isEmpty else {
      return replace(with: loaded.bindings, at: loaded.location, remarks: remarks)
    }
    var merged = bindings
    merged.replaceValidate(with: loaded.bindings)
    merge(merged, at: loaded.location, remarks: remarks)
  }

  /// A config pasted at the prompt; `span` is its text.
  func load(pasted span: Span) throws {
    let source = sources[span.source]
    let bytes = Array(source.text.utf8)
    // What stands before it becomes blanks, so that places stay what they are.
    let blank = bytes[..<span.start].map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
    let text = String(decoding: blank + bytes[span.start..<span.end], as: UTF8.self)
    let config = sources.add(name: source.name, text: text)
    try accept(
      ConfigLoader(sources: sources, catalog: catalog).load(config, sets: options.sets),
      strict: true)
  }

  private func accept(_ loaded: LoadedConfig, strict: Bool) throws {
    var loaded = loaded
    let errors = loaded.findings.errors
    for finding in loaded.findings where finding.severity != .error || !strict { note(finding) }
    if !loaded.isReadable || strict && !errors.isEmpty { throw FaultList(errors) }
    if !strict {
      for (name, span) in loaded.bindings.unsetVariables {
        note("\(name) is not set and reads as None")
        loaded.bindings.bind(
          name, in: .top, Expression(.none, span), Provenance(.environment, span))
      }
    }
    take(loaded)
    try noteSettings()
    sayLoaded(loaded)
    publishView()
  }

  private func sayLoaded(_ loaded: LoadedConfig) {
    let environment = loaded.location?.environment.map { path in
      " + " + (path.split(separator: "/").last.map(String.init) ?? path)
    }
    let count = loaded.variables.names.count
    note(
      "loaded \(loaded.location?.config ?? "the pasted config")\(environment ?? "") "
        + "(\(count) \(count == 1 ? "variable" : "variables")); nothing built yet")
    let unset = loaded.bindings.unsetVariables.map(\.name)
    if !unset.isEmpty { note("needs \(unset.joined(separator: ", ")): set them as lines") }
  }

  /// A script replaces the session by what it makes; one that does not parse changes nothing.
  private func loadScript(_ path: String) throws {
    let opened = try ConfigFile.open(path, in: sources)
    if let fault = opened.findings.errors.first { throw fault }
    let cells = try cells(of: opened.source)
    replace(
      with: Bindings(
        sources: sources, catalog: catalog, syntax: EtudeSyntax(sources, names: names)),
      at: nil)
    for statements in cells { try run(statements) }
    let count = Section.allCases.reduce(0) { $0 + bindings.names(in: $1).count }
    note("loaded \(path) (\(count) names)")
  }

  private func loadWeights(_ path: String, _ strict: Bool) throws {
    guard let binding = bindings.lookup("model", from: .train) else {
      throw Fault(
        .state, "there is no model to take the weights of \(path)",
        remedy: "model = {\"ckpt_path\": \"\(path)\"}",
        notes: ["a checkpoint with train_conf describes its network; other weights need one first"])
    }
    let value = try value(of: binding.node)
    guard case .object(let network as any Network) = value else {
      throw Fault.wrongType(wanted: "network", got: value)
    }
    let (weights, count) = try Self.weights(in: path)
    let left = try network.adopt(weights, strict: strict)
    let some = left.prefix(4).joined(separator: ", ") + (left.count > 4 ? ", …" : "")
    note(
      "loaded \(path) (\(count) tensors) into @\(binding.node)"
        + (left.isEmpty ? "" : "; not taken: \(some)"))
  }

  /// The state of a network in a file: bare, or under `model` as Clara's checkpoints have it.
  private static func weights(in path: String) throws -> (state: StateValue, count: Int) {
    let state: StateValue
    if case .safeTensors = FileEnding(path) {
      let file = try SafeTensors.read(path)
      state = .dict(
        StateDictionary(
          file.names.compactMap { name in file[name].map { (name, .tensor($0)) } }))
    } else {
      state = try Checkpoint.read(path)
    }
    guard case .dict(let entries) = state else {
      throw Fault(.format, "\(path) holds no weights by name")
    }
    for key in ["model", "state_dict"] {
      if case .dict(let inner)? = entries[key] { return (.dict(inner), inner.count) }
    }
    return (state, entries.count)
  }
}
