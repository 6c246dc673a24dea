import CZMQ
import Components
import Glibc
import Synchronization

/// Where messages come in and go out: a thread of its own holds the sockets, so that nothing that
/// computes keeps a message waiting.
final class Exchange: Sendable {
  /// What the thread does besides moving frames.
  struct Duties: Sendable {
    /// A message came in.
    var receive: @Sendable (Channel, [[UInt8]]) -> Void
    /// What somebody who subscribes to what begins with this topic hears first.
    var welcome: @Sendable (_ topic: [UInt8]) -> [[UInt8]]
    /// A signal came in.
    var signal: @Sendable (Int32) -> Void
    /// Asked between messages; says in how many milliseconds it wants to be asked again, at most.
    var rest: @Sendable () -> Int
  }

  private struct Outbox: Sendable {
    var letters: [(channel: Channel, frames: [[UInt8]])] = []
    var isClosed = false
  }

  private let sockets: [Channel: Socket]
  private let outbox = Mutex(Outbox())
  /// A pipe that is rung when something lies in the outbox.
  private let bell: (heard: Int32, rung: Int32)
  private let signals: Int32

  /// - Parameter signals: A descriptor on which each signal appears as a byte; -1 for none.
  init(_ connection: inout ConnectionFile, in zeroMQ: ZeroMQ, signals: Int32 = -1) throws(Fault) {
    func socket(_ kind: Socket.Kind, _ port: inout Int) throws(Fault) -> Socket {
      let socket = try Socket(kind, in: zeroMQ)
      let bound = try socket.bind(connection.endpoint(port))
      if port == 0 { port = Int(bound.split(separator: ":").last ?? "") ?? 0 }
      return socket
    }
    var ports = connection
    sockets = [
      .shell: try socket(.router, &ports.shell), .control: try socket(.router, &ports.control),
      .stdin: try socket(.router, &ports.stdin), .iopub: try socket(.publisher, &ports.iopub),
    ]
    connection = ports
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw Fault(.limit, "the system gives no pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    bell = (ends[0], ends[1])
    self.signals = signals
  }

  deinit {
    close(bell.heard)
    close(bell.rung)
  }

  /// Any thread may send; messages of one thread go out in its order.
  func send(_ frames: [[UInt8]], over channel: Channel) {
    outbox.withLock { $0.letters.append((channel, frames)) }
    ring()
  }

  /// Has `rest` asked soon. A full pipe has been rung often enough.
  func ring() {
    var byte: UInt8 = 0
    _ = write(bell.rung, &byte, 1)
  }

  /// What was sent before still goes out.
  func stop() {
    outbox.withLock { $0.isClosed = true }
    ring()
  }

  /// Moves frames until `stop`, then closes the sockets.
  func run(_ duties: Duties) {
    move(duties)
    for socket in sockets.values { socket.close() }
  }

  private func move(_ duties: Duties) {
    let incoming: [Channel] = [.control, .shell, .stdin, .iopub]
    var items = incoming.map { channel in
      zmq_pollitem_t(
        socket: sockets[channel]?.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    items.append(zmq_pollitem_t(socket: nil, fd: bell.heard, events: Int16(ZMQ_POLLIN), revents: 0))
    if signals >= 0 {
      items.append(zmq_pollitem_t(socket: nil, fd: signals, events: Int16(ZMQ_POLLIN), revents: 0))
    }
    while true {
      let pause = duties.rest()
      if !deliver() { return }
      let ready = etude_zmq_poll(&items, Int32(items.count), pause)
      if ready < 0, etude_zmq_errno() != EINTR { return }
      if ready <= 0 { continue }
      // A signal is meant for what was there before it, not for a cell that comes now.
      if signals >= 0, items[incoming.count + 1].revents != 0 { hearSignals(duties) }
      if items[incoming.count].revents != 0 { hearBell() }
      for (channel, item) in zip(incoming, items) where item.revents != 0 {
        receive(channel, duties)
      }
    }
  }

  private func hearSignals(_ duties: Duties) {
    var numbers = [UInt8](repeating: 0, count: 64)
    let count = read(signals, &numbers, numbers.count)
    for number in numbers.prefix(max(count, 0)) { duties.signal(Int32(number)) }
  }

  private func hearBell() {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(bell.heard, &bytes, bytes.count) > 0 { continue }
  }

  /// At most so many at a time, so that a flood on one channel does not drown the others.
  private func receive(_ channel: Channel, _ duties: Duties) {
    guard let socket = sockets[channel] else { return }
    for _ in 0..<100 {
      guard let frames = socket.receive() else { return }
      if channel != .iopub {
        duties.receive(channel, frames)
      } else if let wish = frames.first {
        grant(wish, over: socket, duties)
      }
    }
  }

  /// What publishers receive: 1 or 0, to subscribe or to take it back, and the topic.
  private func grant(_ wish: [UInt8], over socket: Socket, _ duties: Duties) {
    let topic = Array(wish.dropFirst())
    switch wish.first {
    case 1:
      socket.subscribe(to: topic)
      // At once: letters that lie in the outbox go out after it.
      socket.send(duties.welcome(topic))
    case 0: socket.unsubscribe(from: topic)
    default: break
    }
  }

  /// - Returns: False once everything is out and nothing more will come.
  private func deliver() -> Bool {
    let (letters, isClosed) = outbox.withLock { outbox in
      defer { outbox.letters.removeAll() }
      return (outbox.letters, outbox.isClosed)
    }
    for letter in letters { sockets[letter.channel]?.send(letter.frames) }
    return !isClosed
  }
}
