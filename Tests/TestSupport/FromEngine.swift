import Components
import Script

/// What a config's `#monai.handlers.from_engine([…])` gives: a function that takes those keys out of
/// what an engine made.
public func fromEngine(_ keys: [String], first: Bool = false) -> any Callable {
  NativeFunction("from_engine") { output, context in
    let wanted = Components.Arguments(
      [.list(keys.map(Value.string))], named: ["first": .bool(first)])
    guard
      case .function(let function)? = try Builtins.named("monai.handlers.from_engine")?.call(
        wanted, context)
    else { throw Fault(.invalid, "from_engine makes no function") }
    return try function.call(output, context)
  }
}
