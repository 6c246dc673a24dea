import CZMQ
import Components
import Signals

/// Sends back what comes in, on a thread of its own: a client knows from it that the kernel lives.
enum Heartbeat {
  static func start(_ connection: inout ConnectionFile, in zeroMQ: ZeroMQ) throws(Fault) {
    let socket = try Socket(.router, in: zeroMQ)
    let bound = try socket.bind(connection.endpoint(connection.heartbeat))
    if connection.heartbeat == 0 {
      connection.heartbeat = Int(bound.split(separator: ":").last ?? "") ?? 0
    }
    // Ends when the context is shut down.
    BackgroundThread.start { _ = etude_zmq_proxy(socket.handle, socket.handle) }
  }
}
