import Components
import Synchronization

/// Says a remark the first time only: a pipeline meets the same case every epoch.
final class NoteOnce: Sendable {
  private let said = Mutex<Set<String>>([])

  func note(_ text: String, _ context: TransformContext) {
    if said.withLock({ $0.insert(text).inserted }) { context.output.write(text, to: .note) }
  }
}
