import Components
import Engine
import Script

/// `export`: the model for other programs.
extension EtudeSession {
  var exportAction: Builtin {
    Builtin(
      "export", "Writes the weights of @model for other programs, as .safetensors.",
      effect: .action, BuiltinParameter<PathArgument>("path"),
      BuiltinParameter<[Int]?>("input_shape", default: nil)
    ) { [self] _, path, _ in
      try export(to: path.path)
      return .none
    }
  }

  private func export(to path: String) throws {
    switch PathName.suffix(of: path) {
    case ".safetensors": break
    case ".ts":
      throw Fault(
        .unsupported, "TorchScript archives cannot be written yet", got: path.quoted,
        remedy: "export(\((PathName.stem(of: path) + ".safetensors").quoted))",
        notes: ["torch loads these weights into the network that the config names"])
    default:
      throw Fault(
        .invalid, "a model is exported as .safetensors", got: path.quoted,
        remedy: "export(\((PathName.stem(of: path) + ".safetensors").quoted))", argument: ["path"])
    }
    guard let binding = bindings.lookup("model", from: .train),
      case .object(let network as any Network) = try value(of: binding.node)
    else { throw Fault(.state, "there is no model to export", remedy: "model = UNet(…)") }
    guard case .dict(let state) = try network.state() else {
      throw Fault(.state, "\(network.kind) has no weights to export")
    }
    var file = SafeTensors(metadata: ["format": "pt", "network": network.kind])
    for (key, value) in state.entries {
      if case .string(let name) = key, case .tensor(let tensor) = value { file[name] = tensor }
    }
    if let kept = try RunFiles().preserve(existing: path) {
      note("\(path) was there before; it is \(kept) now")
    }
    try file.write(to: path)
    note("wrote \(path): \(file.names.count) tensors")
  }

  var clearOutputAction: Builtin {
    Builtin(
      "clear_output", "Takes away what a cell of a notebook has shown so far.", effect: .action
    ) { [self] _ in
      output.clear()
      return .none
    }
  }

  var displayAction: Builtin {
    Builtin(
      "display", "Shows a value, as an expression that stands alone does.", effect: .action,
      BuiltinParameter<Value>("x")
    ) { [self] _, value in
      if case .none = value { return .none }
      output.show(rich(value), as: .display)
      return .none
    }
  }
}
