import Components
import Synchronization

/// Runs `body` on the parts of `0..<count`, on the calling thread and up to `threads - 1` others.
///
/// `body` runs on several threads at once: parts may read what they like but must not share what
/// they write. Parts are taken from a common counter, so uneven ones even out.
func parallelFor(
  _ count: Int, threads: Int, grain: Int = 1, _ body: (Range<Int>) -> Void
) {
  let parts = (count + grain - 1) / max(grain, 1)
  guard threads > 1, parts > 1 else {
    if count > 0 { body(0..<count) }
    return
  }
  let counter = SharedCounter()
  withoutActuallyEscaping(body) { body in
    // Every thread is joined before this scope ends, and the parts are the caller's promise.
    nonisolated(unsafe) let body = body
    let work: @Sendable () -> Void = {
      while true {
        let part = counter.next.add(1, ordering: .relaxed).oldValue
        guard part < parts else { return }
        body(part * grain..<min((part + 1) * grain, count))
      }
    }
    var others: [WorkerThread] = []
    for _ in 1..<min(threads, parts) {
      // Without a further thread the calling one does all the work.
      guard let thread = try? WorkerThread(work) else { break }
      others.append(thread)
    }
    work()
    for thread in others { thread.join() }
  }
}

private final class SharedCounter: Sendable {
  let next = Atomic<Int>(0)
}
