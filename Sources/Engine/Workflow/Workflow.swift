import Components

/// The loop that trains or evaluates, with its events and state.
public class Workflow: @unchecked Sendable {
  init() {}
}
