import CZMQ
import Components

/// A socket of ZeroMQ. What goes over it is lists of frames.
///
/// Invariant behind `@unchecked`: one thread at a time uses it; it changes hands only by starting a
/// thread.
final class Socket: @unchecked Sendable {
  enum Kind: Sendable { case router, publisher, dealer, subscriber }

  /// A peer that sends more in one frame is cut off; more frames than so many are no message.
  static let frameLimit = 16 << 20
  static let frameCountLimit = 64
  /// How long what is written last may take to go out when all ends.
  private static let linger: Int32 = 1000

  let handle: UnsafeMutableRawPointer
  private var isClosed = false

  init(_ kind: Kind, in zeroMQ: ZeroMQ) throws(Fault) {
    let type =
      switch kind {
      case .router: ZMQ_ROUTER
      case .publisher: ZMQ_XPUB
      case .dealer: ZMQ_DEALER
      case .subscriber: ZMQ_SUB
      }
    guard let handle = etude_zmq_socket(zeroMQ.handle, type) else {
      throw ZeroMQ.failure("make a socket")
    }
    self.handle = handle
    set(ZMQ_LINGER, Self.linger)
    set(ZMQ_MAXMSGSIZE, Int64(Self.frameLimit))
    switch kind {
    // A client that came back under its name takes the place of the one it was.
    case .router: set(ZMQ_ROUTER_HANDOVER, Int32(1))
    case .publisher:
      // Every subscription is heard of and holds only once it is granted, so that nothing can reach a
      // subscriber before its welcome; and a burst of output is not cut short.
      set(ZMQ_XPUB_MANUAL, Int32(1))
      set(ZMQ_SNDHWM, Int32(100_000))
    case .dealer, .subscriber: break
    }
  }

  deinit { close() }

  /// What was sent still goes out.
  func close() {
    if !isClosed { etude_zmq_close(handle) }
    isClosed = true
  }

  func set<Value: BitwiseCopyable>(_ option: Int32, _ value: Value) {
    var value = value
    etude_zmq_setsockopt(handle, option, &value, MemoryLayout<Value>.size)
  }

  /// The name under which routers know this end.
  func setIdentity(_ name: String) {
    etude_zmq_setsockopt(handle, ZMQ_ROUTING_ID, name, name.utf8.count)
  }

  /// Of a subscriber: asks for what is published under topics that begin so. Of a publisher: grants it
  /// to the subscriber whose wish was received last.
  func subscribe(to topic: [UInt8]) {
    etude_zmq_setsockopt(handle, ZMQ_SUBSCRIBE, topic, topic.count)
  }

  /// Takes back what `subscribe` asked for or granted.
  func unsubscribe(from topic: [UInt8]) {
    etude_zmq_setsockopt(handle, ZMQ_UNSUBSCRIBE, topic, topic.count)
  }

  /// - Returns: The endpoint, with the port that was given where 0 or `*` was asked for.
  @discardableResult
  func bind(_ endpoint: String) throws(Fault) -> String {
    if endpoint.contains("[") { set(ZMQ_IPV6, Int32(1)) }
    guard etude_zmq_bind(handle, endpoint) == 0 else {
      throw ZeroMQ.failure("listen on \(endpoint)")
    }
    var buffer = [CChar](repeating: 0, count: 256)
    var size = buffer.count
    guard etude_zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0 else {
      throw ZeroMQ.failure("say where it listens")
    }
    return String(cBuffer: buffer)
  }

  func connect(_ endpoint: String) throws(Fault) {
    if endpoint.contains("[") { set(ZMQ_IPV6, Int32(1)) }
    guard etude_zmq_connect(handle, endpoint) == 0 else {
      throw ZeroMQ.failure("connect to \(endpoint)")
    }
  }

  /// Never waits: what a peer that is gone or stuck should have got is dropped.
  func send(_ frames: [[UInt8]]) {
    for (index, frame) in frames.enumerated() {
      let more = index < frames.count - 1 ? ZMQ_SNDMORE : 0
      guard etude_zmq_send(handle, frame, frame.count, ZMQ_DONTWAIT | more) >= 0 else { return }
    }
  }

  /// The next message; nil when there is none now. One of too many frames is empty.
  func receive() -> [[UInt8]]? {
    var frames: [[UInt8]] = []
    var count = 0
    var part = zmq_msg_t()
    while true {
      etude_zmq_msg_init(&part)
      defer { etude_zmq_msg_close(&part) }
      // The parts of a message arrive together.
      guard etude_zmq_msg_recv(&part, handle, ZMQ_DONTWAIT) >= 0 else { return nil }
      count += 1
      if count <= Self.frameCountLimit {
        let bytes = UnsafeRawBufferPointer(
          start: etude_zmq_msg_data(&part), count: etude_zmq_msg_size(&part))
        frames.append(Array(bytes))
      }
      if etude_zmq_msg_more(&part) == 0 { break }
    }
    return count <= Self.frameCountLimit ? frames : []
  }
}
