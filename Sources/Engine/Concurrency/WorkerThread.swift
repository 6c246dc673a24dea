import Components
import Glibc

/// A thread that runs one closure and can be waited for.
///
/// Loader workers are threads of their own, not tasks of a pool: they block on a full queue, and
/// they may not enter OpenMP code, whose team belongs to the training thread.
///
/// Invariant behind `@unchecked`: `handle` is set once, in `init`, before the object is shared;
/// `join` is called by its one owner, once.
public final class WorkerThread: @unchecked Sendable {
  private var handle = pthread_t()

  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  public init(_ body: @escaping @Sendable () -> Void) throws(Fault) {
    let start = Unmanaged.passRetained(Start(body))
    let code = pthread_create(
      &handle, nil,
      { argument in
        if let argument {
          Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
        }
        return nil
      }, start.toOpaque())
    if code != 0 {
      start.release()
      throw Fault(
        .limit, "the system gives no further thread", got: "error \(code)",
        remedy: "use fewer num_workers")
    }
  }

  public func join() { pthread_join(handle, nil) }
}
