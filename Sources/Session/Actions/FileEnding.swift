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
    } else if ends(".ipynb") {
      self = .other(.notebook(path))
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

  /// - Throws: that a script is wanted, of a file that is known to be something else.
  static func requireScript(_ path: String) throws(Fault) {
    if case .other(let fault) = FileEnding(path) { throw fault }
  }

  var isScript: Bool { if case .script = self { true } else { false } }
}

extension Fault {
  /// A notebook of Jupyter's where a script or a config is wanted.
  public static func notebook(_ path: String) -> Fault {
    Fault(
      .usage, "a notebook is run as a whole", got: path, wanted: "a script or a config",
      remedy: "etude run \(path)")
  }
}
