import CKernels
import Components

/// Reverse-mode differentiation: adds the gradient of a scalar to every parameter it depends on.
///
/// Each operation's saved tensors are let go as soon as its gradient has been taken. NaN and infinity
/// pass through. Called from the session's thread only.
/// - Throws: `shape` when the loss is not one number, `state` when it has no history, when the graph
///   was used before, or when weights changed since the forward pass.
public func backward(_ loss: Tensor) throws {
  guard loss.count == 1 else {
    throw Fault(.shape, "a gradient starts from one number", got: "shape \(loss.shape)")
  }
  let one = Tensor([1] as [Float], shape: loss.shape)
  try backward(loss, gradient: one.converted(to: loss.dtype))
}

/// The same from any tensor, whose gradient is given in its own form.
func backward(_ result: Tensor, gradient: Tensor) throws {
  guard let root = result.node else {
    throw Fault(.state, "this loss has no history to go back through")
  }
  var gradients = [ObjectIdentifier(root): gradient]
  var nodes = reachable(from: root)
  while let node = nodes.popLast() {
    guard let gradient = gradients.removeValue(forKey: ObjectIdentifier(node)) else { continue }
    guard let (sources, derivative) = node.takeDerivative() else {
      throw Fault(
        .state, "backward has already run through this graph",
        remedy: "compute the loss again before the next backward")
    }
    for case .parameter(let parameter, let version) in sources where parameter.version != version {
      throw Fault(
        .state, "\(parameter.name) has changed since the forward pass",
        remedy: "run the forward pass again before backward")
    }
    let results = try derivative(consume gradient)
    for (source, result) in zip(sources, results) {
      guard let result else { continue }
      switch source {
      case .constant: break
      case .parameter(let parameter, _): parameter.addGradient(result)
      case .node(let next):
        let key = ObjectIdentifier(next)
        gradients[key] = sum(gradients.removeValue(forKey: key), result)
      }
    }
  }
}

/// Every node the root depends on, earliest last to be used first out: ascending numbers.
private func reachable(from root: GraphNode) -> [GraphNode] {
  var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
  var found = [root], waiting = [root]
  while let node = waiting.popLast() {
    for case .node(let next) in node.sources where seen.insert(ObjectIdentifier(next)).inserted {
      found.append(next)
      waiting.append(next)
    }
  }
  return found.sorted { $0.number < $1.number }
}

/// `a + b` for gradients of one shape; writes over whichever is not shared.
func sum(_ first: consuming Tensor?, _ second: consuming Tensor) -> Tensor {
  guard var a = first else { return second }
  var b = second
  if a.dtype == .float64 { return a.mapPairs(b) { (x: Double, y: Double) in x + y } }
  if b.layout != a.layout || b.dtype != a.dtype { b = b.converted(to: a.layout, a.dtype) }
  let target = a.isUnshared() ? a : b.isUnshared() ? b : Tensor(like: a)
  etude_add(
    a.storage.bytes.baseAddress, b.storage.bytes.baseAddress, target.storage.bytes.baseAddress,
    a.dtype == .bfloat16 ? 1 : 0, Int64(a.storage.bytes.count / a.dtype.size),
    Int32(ComputeThreads.count))
  return target
}

extension Tensor {
  /// The value of a parameter as the start of a history: its gradient goes to the parameter.
  init(following parameter: Parameter) {
    self = parameter.value.recorded([.init(parameter)]) { [$0.plain] }
  }

  /// Uninitialised memory of the same form.
  init(like other: Tensor) {
    self.init(uninitialized: other.shape, dtype: other.dtype, layout: other.layout)
  }
}
