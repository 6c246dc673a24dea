import Components

/// Takes over weights, and other training state, from a checkpoint before the first iteration
/// (MONAI 0.8.1 `CheckpointLoader`).
///
/// It acts once, when the first run starts; a training that goes on keeps what it has.
public struct CheckpointLoader: Buildable {
  public var loadPath = PathArgument("")
  public var loadDict = Named<Value>()
  public var name: String?
  public var mapLocation: Value = .none
  public var strict = true
  public var strictShape = true
  public var rank: Int?

  public init() {}

  public static var kind: ComponentKind { .handler }
  public static let schema = Schema<Self>(
    "CheckpointLoader", "Takes over weights and other state from a checkpoint.",
    .required("load_path", \.loadPath, "The .pt file to read."),
    .required("load_dict", \.loadDict, "The objects to load into, under their names in the file."),
    .optional("name", \.name, "Name of a Python logger; all lines go to one log here."),
    .optional("map_location", \.mapLocation, "Ignored: everything is loaded to this machine."),
    .optional("strict", \.strict, "Names in the file and in the object must be the same."),
    .optional(
      "strict_shape", \.strictShape,
      "False: weights of another shape keep their values, and only networks are loaded."),
    .attribute("rank", \.rank, "Distributed rank the handler is for."))

  public func validate() throws(Fault) {
    if loadDict.entries.isEmpty {
      throw Fault(
        .invalid, "load_dict names nothing to load into", wanted: "{\"model\": \"@model\"}",
        argument: ["load_dict"])
    }
    for (name, value) in loadDict.entries {
      if case .object(let object) = value, !(object is any Stateful) {
        throw Fault(
          .wrongType, "a \(object.kind) has no state to load", got: object.kind,
          wanted: "a network, an optimizer or a scheduler", argument: ["load_dict", name])
      }
    }
  }

  public func build(_ context: RunContext) -> any Object { Live(self) }

  /// Invariant behind `@unchecked`: belongs to the thread that runs the workflow.
  final class Live: Handler, @unchecked Sendable {
    private let arguments: CheckpointLoader
    private var hasActed = false

    init(_ arguments: CheckpointLoader) { self.arguments = arguments }

    var kind: String { "CheckpointLoader" }
    var summary: String { "\(kind) of \(arguments.loadPath.path)" }

    func attach(to workflow: Workflow) {
      workflow.on(.started) { [self] in try act(on: $0) }
    }

    /// Loads, the first time, unless training has begun.
    func act(on workflow: Workflow) throws {
      guard !hasActed, workflow.state.iteration == 0 else { return }
      try load(for: workflow)
      hasActed = true
    }

    private func load(for workflow: Workflow) throws {
      let path = arguments.loadPath.path
      guard Disk().kind(of: path) != nil else { throw missing(path) }
      var checkpoint = try Checkpoint.read(path).dictionary(path)
      // A config entry (train_conf) is for readers of the file, not for loading into.
      let targets = arguments.loadDict.entries.compactMap {
        name, value -> (String, any Stateful)? in
        if case .object(let object as any Stateful) = value { (name, object) } else { nil }
      }
      if targets.count == 1, checkpoint[targets[0].0] == nil, checkpoint["train_conf"] == nil {
        checkpoint = StateDictionary([(targets[0].0, .dict(checkpoint))])
      }
      for (name, target) in targets {
        if !arguments.strictShape, !(target is any Network) {
          workflow.note("strict_shape is False: \(name) is not loaded, only networks are")
          continue
        }
        guard let state = checkpoint[name] else { throw absent(name, checkpoint, path) }
        try adopt(state, into: target, name, path, workflow)
      }
      workflow.log("Restored all variables from \(path)")
    }

    private func adopt(
      _ state: StateValue, into target: any Stateful, _ name: String, _ path: String,
      _ workflow: Workflow
    ) throws {
      let isStrict = arguments.strict && arguments.strictShape
      if !isStrict, arguments.strictShape { try checkShapes(state, target, name, path) }
      let left: [String]
      do { left = try target.adopt(state, strict: isStrict) } catch var fault as Fault {
        fault.message = "\(path.quoted) does not fit \(name): \(fault.message)"
        if isStrict, fault.remedy == nil {
          fault.remedy = "strict=False loads what has the same name"
        }
        throw fault.inArgument("load_dict")
      }
      if !left.isEmpty {
        let some = left.prefix(4).joined(separator: ", ") + (left.count > 4 ? ", …" : "")
        workflow.note("\(left.count) entries of \(name) were not loaded: \(some)")
      }
    }

    /// Without `strict`, names may differ but shapes of equal names may not (torch's
    /// `load_state_dict`).
    private func checkShapes(
      _ state: StateValue, _ target: any Stateful, _ name: String, _ path: String
    ) throws {
      guard case .dict(let saved) = state, case .dict(let own) = try target.state() else { return }
      for entry in own.names {
        guard case .tensor(let wanted)? = own[entry], case .tensor(let got)? = saved[entry],
          wanted.shape != got.shape
        else { continue }
        throw Fault(
          .shape, "\(path.quoted) does not fit \(name): \(entry) has another shape",
          got: "\(got.shape)", wanted: "\(wanted.shape)",
          remedy: "strict_shape=False leaves such weights as they are", argument: ["load_dict"])
      }
    }

    private func missing(_ path: String) -> Fault {
      Fault(
        .file, "there is no checkpoint \(path.quoted)",
        remedy: "set load_path (MMAR_CKPT in environment.json or --set) to a .pt file, or "
          + "dont_load_ckpt_model=True to start from new weights",
        argument: ["load_path"])
    }

    private func absent(_ name: String, _ checkpoint: StateDictionary, _ path: String) -> Fault {
      Fault(
        .state, "\(path.quoted) holds no entry \(name.quoted)",
        got: checkpoint.names.prefix(6).joined(separator: ", "),
        suggestion: Spelling.nearest(to: name, among: checkpoint.names),
        argument: ["load_dict", name])
    }
  }
}
