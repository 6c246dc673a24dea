import CZMQ
import Components
import Synchronization

/// ZeroMQ, opened when a kernel starts.
///
/// Invariant behind `@unchecked`: a context may be used from any thread; `handle` never changes.
final class ZeroMQ: @unchecked Sendable {
  static let library = "libzmq.so.5"

  let handle: UnsafeMutableRawPointer
  private let isClosed = Atomic<Bool>(false)

  /// - Throws: `file` when the library is missing, with the line that installs it.
  init() throws(Fault) {
    var message = [CChar](repeating: 0, count: 512)
    guard etude_zmq_open(Self.library, &message, message.count) == 0 else {
      throw Fault(
        .file, "ZeroMQ could not be opened", got: String(cBuffer: message),
        wanted: Self.library, remedy: "sudo apt-get install -y libzmq5")
    }
    guard let handle = etude_zmq_ctx_new() else { throw Self.failure("make a context") }
    self.handle = handle
  }

  /// Threads that wait on its sockets are to end, whoever forgot about them.
  deinit { if !isClosed.load(ordering: .relaxed) { etude_zmq_ctx_shutdown(handle) } }

  /// Ends every call that waits on a socket of it; then waits until the sockets are closed and, for as
  /// long as they linger, until all is sent.
  func close() {
    isClosed.store(true, ordering: .relaxed)
    etude_zmq_ctx_term(handle)
  }

  static func failure(_ what: String) -> Fault {
    let reason = etude_zmq_strerror(etude_zmq_errno()).map { String(cString: $0) } ?? ""
    return Fault(.state, "ZeroMQ cannot \(what): \(reason)")
  }
}

extension String {
  /// What C wrote into a buffer, up to its zero.
  init(cBuffer buffer: [CChar]) {
    self.init(
      decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
