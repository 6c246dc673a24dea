import Components
import Synchronization

/// One recorded operation: where its inputs came from and how a gradient passes through it.
final class GraphNode: Sendable {
  /// The gradient with respect to each source, from the gradient with respect to the result; nil
  /// where there is none. The gradient passed in may be written over when nobody shares it.
  typealias Derivative = @Sendable (consuming Tensor) throws -> [Tensor?]

  /// Where a gradient goes next.
  enum Source: Sendable {
    case node(GraphNode)
    /// The version is the one the forward pass has read.
    case parameter(Parameter, version: Int)
    /// Nothing there asks for a gradient.
    case constant

    init(_ tensor: Tensor) { self = tensor.node.map { .node($0) } ?? .constant }
    init(_ parameter: Parameter) {
      self = .parameter(parameter, version: parameter.version)
    }
    init(_ parameter: Parameter?) {
      self = parameter.map { Source($0) } ?? .constant
    }

    var wantsGradient: Bool {
      if case .constant = self { false } else { true }
    }
  }

  /// Later operations have larger numbers, so descending numbers are a backward order.
  let number: Int
  private let links: Mutex<Links>

  private struct Links {
    var sources: [Source] = []
    var derivative: Derivative?
    /// Computes the result again from what the derivative has saved anyway.
    var rebuild: (@Sendable () -> Tensor)?
  }
  private static let counter = Atomic<Int>(0)

  init(
    _ sources: [Source], rebuild: (@Sendable () -> Tensor)?, _ derivative: @escaping Derivative
  ) {
    number = Self.counter.add(1, ordering: .relaxed).newValue
    links = Mutex(Links(sources: sources, derivative: derivative, rebuild: rebuild))
  }

  var sources: [Source] { links.withLock { $0.sources } }

  /// Nil when the result has to be kept by whoever needs it later.
  var rebuild: (@Sendable () -> Tensor)? { links.withLock { $0.rebuild } }

  /// Hands out the derivative once and lets go of everything it had saved.
  func takeDerivative() -> (sources: [Source], derivative: Derivative)? {
    links.withLock { links in
      guard let derivative = links.derivative else { return nil }
      defer { links = Links() }
      return (links.sources, derivative)
    }
  }

  /// A long graph is released in a loop: letting each node release the next would use up the stack.
  deinit {
    var orphans = links.withLock { links in
      defer { links = Links() }
      return links.sources
    }
    while let source = orphans.popLast() {
      guard case .node(var node) = consume source, isKnownUniquelyReferenced(&node) else {
        continue
      }
      if let taken = node.takeDerivative() { orphans += taken.sources }
    }
  }
}

extension Tensor {
  /// The tensor with a history, when any source asks for a gradient.
  func recorded(
    _ sources: [GraphNode.Source], rebuild: (@Sendable () -> Tensor)? = nil,
    _ derivative: @escaping GraphNode.Derivative
  ) -> Tensor {
    guard sources.contains(where: \.wantsGradient) else { return self }
    var result = self
    result.node = GraphNode(sources, rebuild: rebuild, derivative)
    return result
  }
}

/// An operation's input, kept for its derivative: the tensor, or the operation that can make it
/// again in one pass over memory.
///
/// A backward pass reaches an operation before the one that made its input, so what the latter has
/// saved is still there.
enum KeptInput: Sendable {
  case tensor(Tensor)
  case rebuilt(GraphNode)

  init(_ tensor: Tensor) {
    if let node = tensor.node, node.rebuild != nil {
      self = .rebuilt(node)
    } else {
      self = .tensor(tensor.detached)
    }
  }

  var value: Tensor {
    switch self {
    case .tensor(let tensor): return tensor
    case .rebuilt(let node):
      guard let rebuild = node.rebuild else {
        preconditionFailure("an input was let go before the operation that read it")
      }
      return rebuild()
    }
  }
}
