import Components
import Engine
import Script

extension EtudeSession {
  var saveAction: Builtin {
    Builtin(
      "save",
      "Writes the session as a config (.json) or a script (.etude), or weights (.pt, .safetensors).",
      effect: .action, BuiltinParameter<PathArgument>("path"),
      BuiltinParameter<Value?>("what", default: nil), BuiltinParameter("overwrite", default: false),
      BuiltinParameter("resolved", default: false)
    ) { [self] _, path, what, overwrite, resolved in
      let ending = FileEnding(path.path)
      if case .other(let fault) = ending { throw fault }
      if resolved, !path.path.hasSuffix(".json") {
        throw Fault(
          .usage, "resolved is for configs", got: path.path, wanted: "a name that ends in .json")
      }
      if let what, case .config = ending {
        throw Fault(
          .usage, "what is for weights; a config is the whole session", got: what.shortened,
          wanted: "a name that ends in .pt or .safetensors")
      }
      switch ending {
      case .script: try saveScript(to: path.path, overwrite)
      case .weights, .safeTensors: try saveWeights(what, to: path.path, overwrite)
      case .config, .other: try saveConfig(to: path.path, overwrite, resolved)
      }
      return .none
    }
  }

  private func saveConfig(to path: String, _ overwrite: Bool, _ resolved: Bool) throws {
    guard path.hasSuffix(".json") else {
      throw Fault(
        .usage, "the end of the name says what is saved", got: path,
        wanted: ".json, .etude, .pt or .safetensors",
        remedy: "save(\"\(path).json\")")
    }
    let (json, notes) = ConfigWriter.config(writableBindings, resolved: resolved)
    let changes = try changes(of: path, to: json)
    try refuseToReplace(path, overwrite, changes ?? [])
    for finding in notes { note(finding) }
    noteOverruled(resolved)
    try AtomicFile.write(Array(JSONWriter.file(json).utf8), to: path)
    saySaved(path, changes)
  }

  /// What a new config changes in the one that is there; nil when there is none.
  private func changes(of path: String, to json: JSONValue) throws -> [String]? {
    guard ConfigFile.kind(of: path) != nil else { return nil }
    let opened = try ConfigFile.open(path, in: sources)
    guard let old = JSONReader.read(opened.source, in: sources).value else {
      return ["the file is no JSON"]
    }
    return JSONDifference.lines(from: old, to: json)
  }

  private func refuseToReplace(
    _ path: String, _ overwrite: Bool, _ changes: @autoclosure () -> [String]
  ) throws {
    guard !overwrite, let kind = ConfigFile.kind(of: path) else { return }
    if kind == .folder { throw Fault(.file, "\(path) is a folder") }
    let changes = changes()
    throw Fault(
      .file, "\(path) exists", remedy: "save(\(path.quoted), overwrite=True)",
      notes: changes.isEmpty ? ["nothing in it would change"] : Self.shortened(changes))
  }

  private static func shortened(_ lines: [String]) -> [String] {
    let shown = lines.prefix(8)
    return lines.count > shown.count
      ? shown + ["… \(lines.count - shown.count) more"] : Array(shown)
  }

  private func saySaved(_ path: String, _ changes: [String]?) {
    guard let changes else { return note("saved \(path)") }
    note(
      changes.isEmpty
        ? "saved \(path); nothing in it changed"
        : "saved \(path); changed \(Self.shortened(changes).joined(separator: ", "))")
  }

  /// A typed value that environment.json sets too loses against it once the config is loaded again.
  private func noteOverruled(_ resolved: Bool) {
    if resolved { return }
    for binding in bindings.bindings(in: .top) where binding.provenance.kind == .typed {
      if binding.hidden.contains(where: { $0.provenance.kind == .environment }) {
        note(
          "environment.json sets \(binding.name) as well and wins beside it; to keep this value: "
            + "--set \(binding.name)=\(printer.text(binding.expression))")
      }
    }
  }

  private func saveScript(to path: String, _ overwrite: Bool) throws {
    let (text, notes) = ScriptWriter.script(
      writableBindings, printer: printer, isTaken: { action($0) != nil })
    var changes: [String]?
    if ConfigFile.kind(of: path) == .file {
      let opened = try ConfigFile.open(path, in: sources)
      let old = sources[opened.source].text.split(separator: "\n")
      let count = text.split(separator: "\n").difference(from: old).count
      changes = count == 0 ? [] : ["\(count) lines"]
    }
    try refuseToReplace(path, overwrite, changes ?? [])
    for finding in notes { note(finding) }
    try AtomicFile.write(Array(text.utf8), to: path)
    saySaved(path, changes)
  }

  /// The bindings with an evaluator that runs nothing, for what JSON says only by its value.
  private var writableBindings: Bindings {
    var written = bindings
    written.evaluate = { [self] expression, section throws(Fault) in
      let evaluator = Evaluator(
        scope: SessionScope(self, section), sources: sources, context: callContext())
      evaluator.allowsActions = false
      do { return try evaluator.value(of: expression) } catch let fault as Fault {
        throw fault
      } catch { throw Fault(.state, "\(error)") }
    }
    return written
  }

  // MARK: Weights

  /// Of `@model` with the config it belongs to, as Clara's checkpoints have it; of anything else its
  /// bare state.
  private func saveWeights(_ what: Value?, to path: String, _ overwrite: Bool) throws {
    try refuseToReplace(path, overwrite, [])
    let state = try state(of: what)
    if case .safeTensors = FileEnding(path) {
      try Self.tensors(in: state.bare).write(to: path)
    } else {
      try Checkpoint.write(state.whole ?? state.bare, to: path)
    }
    weightsAreSaved()
    note("saved \(path)")
  }

  private func state(of what: Value?) throws -> (bare: StateValue, whole: StateValue?) {
    switch what {
    case nil, Value.none?:
      guard let binding = bindings.lookup("model", from: .train),
        case .object(let network as any Network) = try value(of: binding.node)
      else {
        throw Fault(
          .state, "there is no model whose weights could be saved",
          remedy: "save(\"weights.pt\", @model)")
      }
      let weights = try network.state()
      let configuration = StateValue(bindings.effectiveConfig.value)
      return (
        weights,
        .dict(StateDictionary([("model", weights), ("train_conf", configuration)]))
      )
    case .object(let object as any Stateful)?: return (try object.state(), nil)
    case let value?: return (try Self.data(value), nil)
    }
  }

  /// Tensors, and dicts and lists of them, as data.
  private static func data(_ value: Value) throws(Fault) -> StateValue {
    switch value {
    case .object(let object as TensorObject): return .tensor(object.tensor.detached)
    case .dict(let entries):
      var state = StateDictionary()
      for (name, entry) in entries { state[name] = try data(entry) }
      return .dict(state)
    case .list(let items):
      var states: [StateValue] = []
      for item in items { states.append(try data(item)) }
      return .list(states)
    case .function, .object, .slice:
      throw Fault.wrongType(wanted: "network, optimizer, tensor, or a dict of tensors", got: value)
    default: return StateValue(value)
    }
  }

  private static func tensors(in state: StateValue) throws(Fault) -> SafeTensors {
    var file = SafeTensors(metadata: ["format": "pt"])
    if case .tensor(let tensor) = state {
      file["tensor"] = tensor
      return file
    }
    guard case .dict(let entries) = state else {
      throw Fault(.wrongType, "a .safetensors file holds tensors by name", wanted: "a dict")
    }
    for (key, value) in entries.entries {
      guard case .string(let name) = key, case .tensor(let tensor) = value else {
        throw Fault(
          .wrongType, "a .safetensors file holds tensors alone", got: "an entry that is none",
          wanted: "a name that ends in .pt")
      }
      file[name] = tensor
    }
    return file
  }
}
