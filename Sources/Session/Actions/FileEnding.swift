import Components

/// What a file is, by the end of its name; anything else is a folder or a config.
enum FileEnding {
  case config
  case script
  /// PyTorch's zip of a pickle.
  case weights
  case safeTensors
  /// A kind of file that is known and not read or written, with what to do instead.
  case other(Fault)

  init(_ path: String) {
    let name = path.lowercased()
    func ends(_ endings: String...) -> Bool { endings.contains { name.hasSuffix($0) } }
    if ends(".etude") {
      self = .script
    } else if ends(".pt", ".pth") {
      self = .weights
    } else if ends(".safetensors") {
      self = .safeTensors
    } else if ends(".ts") {
      self = .other(
        Fault(
          .unsupported, "TorchScript archives are neither read nor written yet", got: path,
          wanted: ".pt or .safetensors",
          remedy: "load(\"\(path.dropLast(3)).pt\")"))
    } else if ends(".yaml", ".yml") {
      let stem = String(path[..<(path.lastIndex(of: ".") ?? path.endIndex)])
      self = .other(
        Fault(
          .unsupported, "YAML configs are neither read nor written yet", got: path,
          wanted: ".json", remedy: "yq -o json \(path) > \(stem).json"))
    } else {
      self = .config
    }
  }

  var isScript: Bool { if case .script = self { true } else { false } }
}
