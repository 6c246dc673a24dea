import Components
import Engine
import Script

/// Functions that draw from torch's stream: each call draws on, so what a name was bound to stays.
extension EtudeSession {
  /// `torch.rand`, `torch.randn`; nil for any other name.
  func random(_ name: String) -> Builtin? { ["rand", "randn"].contains(name) ? action(name) : nil }

  var randAction: Builtin {
    random("rand", "Random numbers of [0, 1), as torch.rand draws them.") {
      try Tensor.uniform($0, from: $1)
    }
  }

  var randnAction: Builtin {
    random("randn", "Random numbers of mean 0 and deviation 1, as torch.randn draws them.") {
      try Tensor.normal($0, from: $1)
    }
  }

  private func random(
    _ name: String, _ help: String,
    _ draw: @escaping @Sendable ([Int], TorchGenerator) throws -> Tensor
  ) -> Builtin {
    Builtin(name, help, effect: .action, signature: "\(name)(size, …)") {
      [self] arguments, context in
      // Without a size it is one number, as in torch.
      let shape =
        arguments.positional.isEmpty
        ? [] : try TensorSize(arguments, of: name, context).shape
      return .tensor(try draw(shape, runContext().generator))
    }
  }

  var setSeedAction: Builtin {
    Builtin(
      "set_seed", "Starts torch's stream, from which rand and randn draw, at a seed.",
      effect: .action, BuiltinParameter<Int>("seed")
    ) { [self] _, seed in
      guard seed >= 0 else {
        throw Fault(.outOfRange, "a seed is not negative", got: "\(seed)", argument: ["seed"])
      }
      try runContext().generator.seed(UInt64(seed))
      return .none
    }
  }
}
