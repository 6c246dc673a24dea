import Engine
import Script

/// The statements that changed bindings, each with what was before it: where `undo` goes back to.
struct StepHistory: Sendable {
  /// Older ones are forgotten.
  static let most = 100

  /// What a step goes back to.
  struct Moment: Sendable {
    var bindings: Bindings
    var context: RunContext?
    var location: ConfigLocation?
  }

  struct Step: Sendable {
    let number: Int
    /// The statement as it was typed.
    let span: Span
    let before: Moment
    /// A config took the session over.
    var isLoad = false
  }

  private var steps: [Step] = []
  /// The statement at work, until it has changed something.
  private var statement: Span?
  private var count = 0

  /// The newest step; 0 when there is none.
  var number: Int { steps.last?.number ?? 0 }

  mutating func begin(_ statement: Span) { self.statement = statement }

  /// Notes a change; returns the number of the step that begins with it.
  mutating func enter(_ before: Moment) -> Int? {
    guard let span = statement else { return nil }
    statement = nil
    count += 1
    steps.append(Step(number: count, span: span, before: before))
    if steps.count > Self.most { steps.removeFirst() }
    return count
  }

  mutating func markLoad() { if !steps.isEmpty { steps[steps.count - 1].isLoad = true } }

  /// Takes the newest step off; what the statement at work changes from here on is no step.
  mutating func leave() -> Step? {
    statement = nil
    return steps.popLast()
  }
}
