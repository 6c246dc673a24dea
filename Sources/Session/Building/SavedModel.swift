import Components
import Engine
import Script

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A network that a checkpoint describes: built from `train_conf`, with the weights of the file.
///
/// As MONAI's `load_from_mmar` (0.8.1): the first `model` found in `train_conf`, depth first, names the
/// class and its arguments.
struct SavedModel {
  let file: String

  /// - Parameter hasAlternatives: whether the config lists a checkpoint beside the archive.
  /// - Throws: for a TorchScript archive, with what to set instead.
  init(_ file: String, isTorchScript: Bool, hasAlternatives: Bool = false) throws {
    self.file = file
    guard isTorchScript, !file.hasSuffix(".pt") else { return }
    let checkpoint = Self.checkpoint(beside: file) ?? "<file>.pt"
    throw Fault(
      .unsupported, "TorchScript archives cannot be run yet", got: file,
      wanted: "a checkpoint of PyTorch (.pt) that holds train_conf",
      remedy: hasAlternatives
        ? "--set dont_load_ts_model=True dont_load_ckpt_model=False MMAR_CKPT=\(checkpoint)"
        : "--set MMAR_TORCHSCRIPT=\(checkpoint)")
  }

  /// `model.pt` for `model.ts`, when it is there; absolute, because MMAR_ paths count from the MMAR.
  private static func checkpoint(beside file: String) -> String? {
    guard file.hasSuffix(".ts") else { return nil }
    let name = file.dropLast(3) + ".pt"
    guard let path = realpath(String(name), nil) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  func build(_ catalog: Catalog, _ context: RunContext) throws -> any Network {
    let checkpoint = try Checkpoint.read(file)
    let (arguments, origin) = try arguments(of: checkpoint, catalog)
    guard let network = try context.build(arguments) as? any Network else {
      throw Fault(.format, "the model in \(origin) is not a network")
    }
    var weights = checkpoint
    if case .dict(let entries) = checkpoint { weights = entries["model"] ?? checkpoint }
    _ = try network.adopt(weights, strict: true)
    return network
  }

  /// The network's arguments alone.
  func arguments(_ catalog: Catalog) throws -> any NetworkArguments {
    try arguments(of: Checkpoint.read(file), catalog).arguments
  }

  private func arguments(
    of checkpoint: StateValue, _ catalog: Catalog
  ) throws -> (arguments: any NetworkArguments, origin: String) {
    var entries = StateDictionary()
    if case .dict(let dictionary) = checkpoint { entries = dictionary }
    let (configuration, origin) = try configuration(entries)
    guard let model = Self.model(in: configuration) else {
      throw Fault(.format, "\(origin) has no model")
    }
    return (try arguments(of: model, origin, catalog), origin)
  }

  /// `train_conf`; without it, as configs of 4.0 save their models, the resolved config that a training
  /// leaves in the same folder.
  private func configuration(
    _ entries: StateDictionary
  ) throws -> (ValueDictionary, origin: String) {
    if let saved = entries["train_conf"], case .dict(let values) = Value(saved) {
      return (values, "train_conf of \(file)")
    }
    let beside = ConfigFile.join(ConfigFile.folder(of: file), "resolved_config.json")
    if ConfigFile.kind(of: beside) == .file, case .dict(let values) = try JSONFile.read(beside) {
      return (values, beside)
    }
    throw Fault(
      .format, "\(file) does not say which network it belongs to",
      wanted: "an entry train_conf, or resolved_config.json beside it",
      remedy: "name the network in the config: --set 'model={\"name\": \"UNet\", \"args\": {…}}'")
  }

  private func arguments(
    of model: ValueDictionary, _ origin: String, _ catalog: Catalog
  ) throws -> any NetworkArguments {
    guard case .string(let name)? = model["path"] ?? model["name"] else {
      throw Fault(.format, "the model in \(origin) has no name")
    }
    guard let type = catalog[name] else {
      throw Fault.unknown("network", name, among: catalog.spellings)
    }
    var arguments = ValueDictionary()
    if case .dict(let written)? = model["args"] { arguments = written }
    guard let made = try type.make(arguments) as? any NetworkArguments else {
      throw Fault(.format, "\(name) in \(origin) is not a network")
    }
    return made
  }

  private static func model(in configuration: ValueDictionary) -> ValueDictionary? {
    if case .dict(let model)? = configuration["model"] { return model }
    for (_, entry) in configuration {
      if case .dict(let inner) = entry, let found = model(in: inner) { return found }
    }
    return nil
  }
}

extension Value {
  /// Configuration data out of a checkpoint; tensors have no place in it and become None.
  init(_ state: StateValue) {
    switch state {
    case .none, .tensor: self = .none
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .list(let items): self = .list(items.map(Value.init))
    case .tuple(let items): self = .tuple(items.map(Value.init))
    case .dict(let entries):
      self = .dict(
        ValueDictionary(
          entries.entries.map { entry in
            switch entry.key {
            case .string(let key): (key, Value(entry.value))
            case .int(let key): (String(key), Value(entry.value))
            }
          }))
    }
  }
}
