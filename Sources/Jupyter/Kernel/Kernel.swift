import Components
import Dispatch
import Script
import Session
import Signals
import Synchronization

/// One session behind Jupyter's sockets.
///
/// The thread that calls `run` works on cells. A second one moves messages and answers what `control`
/// asks; a third answers questions about the session from its view, so also while a cell is at work; a
/// fourth echoes the heartbeat. Each subshell has one more.
final class Kernel: Sendable {
  struct Options: Sendable {
    /// Of the program, for `kernel_info`.
    var version: String
    var threads: Int?
    /// Where cells are remembered between kernels; nil for nowhere.
    var historyPath: String?
    /// A descriptor on which each signal appears as a byte; -1 for none.
    var signals: Int32 = -1
    /// Told, on the thread of the exchange, that the kernel was asked to end.
    var ending: @Sendable () -> Void = {}
    /// What is wrong with messages, for the log of who started the kernel.
    var complain: @Sendable (String) -> Void = { _ in }
  }

  let options: Options
  /// With the ports that were given where the file left them open.
  let connection: ConnectionFile
  let session: EtudeSession
  let composer: Composer
  let exchange: Exchange
  let publisher: Publisher
  let stage: Stage
  let history: KernelHistory
  let mainShell: Shell
  let subshells = Mutex<[String: Subshell]>([:])
  let cells = Inbox<WaitingCell>()
  let questions = Inbox<Request>()
  private let zeroMQ: ZeroMQ
  private let reader: Mutex<RequestReader>
  private let waiting = Mutex(0)

  /// Opens the sockets: from here on clients can connect, and wait for an answer until `run`.
  init(_ connection: ConnectionFile, _ options: Options) throws(Fault) {
    self.options = options
    let signer = try Signer(key: connection.key)
    zeroMQ = try ZeroMQ()
    var connection = connection
    exchange = try Exchange(&connection, in: zeroMQ, signals: options.signals)
    try Heartbeat.start(&connection, in: zeroMQ)
    self.connection = connection
    reader = Mutex(RequestReader(signer: signer))
    composer = Composer(signer: signer)
    let publisher = Publisher(composer: composer, exchange: exchange)
    let cancellation = Cancellation()
    let stage = Stage(
      publisher: publisher, composer: composer, exchange: exchange, cancellation: cancellation)
    (self.publisher, self.stage) = (publisher, stage)
    history = KernelHistory(path: options.historyPath, complain: options.complain)
    mainShell = Shell(history: history)
    let outputs = CellOutputs(
      keeps: false, cleared: { stage.cell?.clear() }, heard: { stage.cell?.hear($0) })
    var setup = SessionOptions(threads: options.threads, cancellation: cancellation)
    setup.display = Display(page: { stage.cell?.page($0) })
    setup.display.showsEveryValue = false
    setup.ask = { prompt throws(Fault) in try stage.ask(prompt) }
    session = EtudeSession(options: setup, output: outputs)
  }

  /// Works until a client asks to end.
  func run() {
    let isOut = DispatchSemaphore(value: 0)
    BackgroundThread.start { [self] in
      exchange.run(
        Exchange.Duties(
          receive: { [self] in receive($1, from: $0) },
          welcome: { [self] in publisher.welcome(to: $0) },
          signal: { [self] in hear(signal: $0) },
          rest: { [self] in publisher.flush() ?? 1000 }))
      isOut.signal()
    }
    BackgroundThread.start { [self] in
      while let request = questions.take() { answer(request) }
    }
    publisher.starting()
    while let cell = cells.take() {
      run(cell)
      release(1)
    }
    exchange.stop()
    isOut.wait()
    zeroMQ.close()
  }

  // MARK: Messages

  private func receive(_ frames: [[UInt8]], from channel: Channel) {
    let request: Request
    do throws(Fault) {
      request = try reader.withLock { reader throws(Fault) in
        try reader.read(frames, from: channel)
      }
    } catch {
      return options.complain(error.message)
    }
    switch channel {
    case .control: control(request)
    case .stdin:
      if request.type == "input_reply" {
        stage.answer(request.text("value") ?? "", to: request.parent)
      }
    case .shell:
      if let name = request.subshell {
        hand(request, to: name)
      } else if request.type == "execute_request" {
        enqueue(WaitingCell(request: request, shell: mainShell))
      } else {
        questions.put(request)
      }
    case .iopub: break
    }
  }

  func reply(_ request: Request, _ content: ValueDictionary) {
    let type = request.type.replacing("_request", with: "_reply")
    let frames = composer.frames(type, content, parent: request.headerFrame)
    exchange.send(request.identities + frames, over: request.channel)
  }

  // MARK: Cells that wait or run

  /// Whether no cell runs or waits.
  var isIdle: Bool { waiting.withLock { $0 == 0 } }

  func enqueue(_ cell: WaitingCell) {
    waiting.withLock { $0 += 1 }
    cells.put(cell)
  }

  /// Cells are done with; what asked them to stop is not meant for those that come.
  func release(_ count: Int) {
    waiting.withLock { waiting in
      waiting -= count
      if waiting == 0 { session.cancellation.reset() }
    }
  }

  /// Stops the cell that runs. Without one there is nothing to stop.
  func interrupt() { waiting.withLock { if $0 > 0 { session.cancellation.request() } } }

  /// Ends `run` as soon as the cell that runs has stopped.
  func end() {
    options.ending()
    cells.close()
    questions.close()
    subshells.withLock { $0.values.forEach { $0.requests.close() } }
    interrupt()
  }
}
