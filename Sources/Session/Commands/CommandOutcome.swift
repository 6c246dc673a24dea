/// How a command that did not fail came to its end.
public enum CommandOutcome: Sendable {
  case finished
  /// Stopped by a signal, with everything saved.
  case interrupted
}
