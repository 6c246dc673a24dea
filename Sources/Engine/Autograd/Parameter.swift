import Components
import Synchronization

/// A trainable tensor of a network, under the name its `state_dict` uses.
public final class Parameter: Sendable {
  public let name: String
  private let contents: Mutex<(value: Tensor, gradient: Tensor?, version: Int)>

  public init(name: String, value: Tensor) {
    self.name = name
    contents = Mutex((value, nil, 0))
  }

  /// Setting it counts the version up, so that a backward pass through older weights is noticed.
  public var value: Tensor {
    get { contents.withLock { $0.value } }
    set { contents.withLock { ($0.value, $0.version) = (newValue, $0.version + 1) } }
  }

  /// Changes the value where it lies, without a copy unless somebody else holds it; counts the
  /// version up as setting it does.
  public func update(_ body: (inout Tensor) throws -> Void) rethrows {
    try contents.withLock {
      $0.version += 1
      try body(&$0.value)
    }
  }

  public var gradient: Tensor? {
    get { contents.withLock { $0.gradient } }
    set { contents.withLock { $0.gradient = newValue } }
  }

  public var version: Int { contents.withLock { $0.version } }

  /// Value and version as they were at one moment.
  var current: (value: Tensor, version: Int) { contents.withLock { ($0.value, $0.version) } }

  public var shape: [Int] { value.shape }

  /// Adds to the gradient, as repeated backward passes do.
  func addGradient(_ gradient: Tensor) {
    contents.withLock { $0.gradient = sum($0.gradient.take(), gradient) }
  }
}
