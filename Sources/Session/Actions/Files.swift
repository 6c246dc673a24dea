import Components
import Engine
import Script

extension EtudeSession {
  var loadAction: Builtin {
    Builtin(
      "load", "Reads an MMAR folder or a config; builds nothing.", effect: .action,
      BuiltinParameter<PathArgument>("path"),
      BuiltinParameter<PathArgument?>("environment", default: nil),
      BuiltinParameter<PathArgument?>("root", default: nil)
    ) { [self] _, path, environment, root in
      try load(path.path, environment: environment?.path, root: root?.path)
      return .none
    }
  }

  /// Reads a config into the session. Remarks are notes; mistakes are thrown, the first with all others
  /// beneath it.
  public func load(
    _ path: String, environment: String? = nil, root: String? = nil, sets: [String] = []
  ) throws {
    let loaded = try read(path, environment: environment, root: root, sets: sets)
    let errors = loaded.findings.errors
    for finding in loaded.findings where finding.severity != .error {
      note(finding)
    }
    if !loaded.isReadable || !errors.isEmpty { throw FaultList(errors) }
    take(loaded)
    try noteSettings()
    sayLoaded(loaded)
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

  private func sayLoaded(_ loaded: LoadedConfig) {
    guard let location = loaded.location else { return }
    let environment = location.environment.map { path in
      " + " + (path.split(separator: "/").last.map(String.init) ?? path)
    }
    note(
      "loaded \(location.config)\(environment ?? "") (\(loaded.variables.names.count) variables); "
        + "nothing built yet")
    let unset = loaded.bindings.unsetVariables.map(\.name)
    if !unset.isEmpty { note("needs \(unset.joined(separator: ", ")): set them as lines") }
  }

  var saveAction: Builtin {
    Builtin(
      "save", "Writes the session as a config, or as a script.", effect: .action,
      BuiltinParameter<PathArgument>("path"), BuiltinParameter("overwrite", default: false),
      BuiltinParameter("resolved", default: false)
    ) { [self] _, path, overwrite, resolved in
      try save(to: path.path, overwrite: overwrite, resolved: resolved)
      return .none
    }
  }

  private func save(to path: String, overwrite: Bool, resolved: Bool) throws {
    guard path.hasSuffix(".json") else {
      throw Fault(
        .unsupported, "a session is saved as a config", got: path,
        wanted: "a name that ends in .json")
    }
    if !overwrite, (ConfigFile.kind(of: path) != nil) {
      throw Fault(.file, "\(path) exists", remedy: "save(\(path.quoted), overwrite=True)")
    }
    let (json, notes) = ConfigWriter.config(bindings, resolved: resolved)
    for finding in notes { note(finding) }
    try AtomicFile.write(Array(JSONWriter.file(json).utf8), to: path)
    note("saved \(path)")
  }

  var undoAction: Builtin {
    Builtin(
      "undo", "Takes the last line back that changed a binding, and what it caused.",
      effect: .action
    ) { [self] _ in
      try undo()
      return .none
    }
  }
}
