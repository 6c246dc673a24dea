import CKernels
import Synchronization

/// Runs `body` on the parts of `0..<count`, on the calling thread and up to `threads - 1` of the
/// kernels' pool.
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
  withoutActuallyEscaping(body) { body in
    // The pool's threads are done before `etude_parallel` returns.
    let work = PartedWork(count: count, parts: parts, grain: grain, body)
    withExtendedLifetime(work) {
      etude_parallel(
        Int32(min(threads, parts)),
        { context, _, _ in
          guard let context else { return }
          Unmanaged<PartedWork>.fromOpaque(context).takeUnretainedValue().run()
        }, Unmanaged.passUnretained(work).toOpaque())
    }
  }
}

/// One call of `parallelFor`, as the pool's threads see it.
private final class PartedWork {
  private let next = Atomic<Int>(0)
  private let count: Int
  private let parts: Int
  private let grain: Int
  private let body: (Range<Int>) -> Void

  init(count: Int, parts: Int, grain: Int, _ body: @escaping (Range<Int>) -> Void) {
    (self.count, self.parts, self.grain, self.body) = (count, parts, grain, body)
  }

  func run() {
    while true {
      let part = next.add(1, ordering: .relaxed).oldValue
      guard part < parts else { return }
      body(part * grain..<min((part + 1) * grain, count))
    }
  }
}
