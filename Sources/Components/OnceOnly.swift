import Synchronization

/// What was said already, where each thing is said once.
public final class OnceOnly: Sendable {
  private let texts = Mutex<Set<String>>([])

  public init() {}

  /// Whether this was not asked before; from now on it was.
  public func isFirst(_ text: String) -> Bool { texts.withLock { $0.insert(text).inserted } }
}
