import Components
import Engine

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
    guard case .dict(let entries) = checkpoint,
      case .dict(let configuration)? = entries["train_conf"]
    else {
      throw Fault(
        .format, "\(file) does not say which network it belongs to", wanted: "an entry train_conf",
        remedy: "name the network in the config: --set 'model={\"name\": \"UNet\", \"args\": {…}}'")
    }
    guard let model = Self.model(in: configuration) else {
      throw Fault(.format, "train_conf of \(file) has no model")
    }
    let network = try build(model, catalog, context)
    let weights = entries["model"] ?? checkpoint
    _ = try network.adopt(weights, strict: true)
    return network
  }

  private func build(
    _ model: StateDictionary, _ catalog: Catalog, _ context: RunContext
  ) throws -> any Network {
    guard case .string(let name)? = model["path"] ?? model["name"] else {
      throw Fault(.format, "the model in train_conf of \(file) has no name")
    }
    guard let type = catalog[name] else {
      throw Fault.unknown("network", name, among: catalog.spellings)
    }
    var arguments = ValueDictionary()
    if case .dict(let args)? = model["args"], case .dict(let values) = Value(StateValue.dict(args))
    {
      arguments = values
    }
    guard let network = try (type.make(arguments) as? any Buildable)?.build(context) as? any Network
    else { throw Fault(.format, "\(name) in train_conf of \(file) is not a network") }
    return network
  }

  private static func model(in configuration: StateDictionary) -> StateDictionary? {
    if case .dict(let model)? = configuration["model"] { return model }
    for entry in configuration.entries {
      if case .dict(let inner) = entry.value, let found = model(in: inner) { return found }
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
