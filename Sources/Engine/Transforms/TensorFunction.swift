import Components

extension Callable {
  /// Calls a config's function of one tensor: `other`, `post_func`, `select_fn`.
  func callAsFunction(_ tensor: Tensor, _ context: CallContext) throws -> Tensor {
    let result = try call(Arguments([.object(TensorObject(tensor))]), context)
    guard case .object(let object) = result, let wrapped = object as? TensorObject else {
      throw Fault(
        .wrongType, "\(name) gives no tensor", got: "\(result.kindName) \(result.shortened)",
        wanted: "tensor")
    }
    return wrapped.tensor
  }
}
