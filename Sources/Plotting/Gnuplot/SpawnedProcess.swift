import Components
import Glibc

/// A program started without a shell, with its three standard streams in our hands, in its own process
/// group, so that Ctrl-C in the terminal reaches only us.
struct SpawnedProcess {
  let executable: String
  private let id: pid_t
  private(set) var exchange: Exchange

  /// The first executable of that name in the folders of `path` (the form of `PATH`).
  static func find(_ name: String, path: String) -> String? {
    for folder in path.split(separator: ":") {
      let candidate = "\(folder)/\(name)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return nil
  }

  init(_ executable: String, _ arguments: [String] = []) throws(Fault) {
    self.executable = executable
    var sockets: [[Int32]] = []
    func closeAll(_ end: Int) { for socket in sockets { close(socket[end]) } }
    do throws(Fault) {
      for _ in 0..<3 { sockets.append(try Self.sockets(to: executable)) }
      id = try Self.spawn(executable, arguments, sockets.map { $0[1] })
    } catch {
      closeAll(0)
      closeAll(1)
      throw error
    }
    closeAll(1)
    exchange = Exchange(toChild: sockets[0][0], fromChild: [sockets[1][0], sockets[2][0]])
  }

  /// Feeds all of the input and gathers both outputs until the child closes them.
  ///
  /// - Throws: `Fault` when that takes longer than `timeout` seconds; the child is then killed.
  static func run(
    _ executable: String, _ arguments: [String] = [], input: [UInt8], timeout: Double
  ) throws(Fault) -> (output: [UInt8], errors: [UInt8], status: Int32) {
    var process = try SpawnedProcess(executable, arguments)
    let ended = process.exchange.run(sending: input, isLast: true, for: timeout) { _ in false }
    let status = process.end(isStopped: !ended)
    guard ended else { throw hung(executable, timeout) }
    let received = process.exchange.received
    return (received[0], received[1], status)
  }

  /// Feeds one command of several and waits for its answer.
  ///
  /// - Returns: What came on both outputs meanwhile.
  /// - Throws: `Fault` when that takes longer than `timeout` seconds.
  mutating func ask(
    _ command: [UInt8], timeout: Double, until isAnswered: (_ errors: [UInt8]) -> Bool
  ) throws(Fault) -> (output: [UInt8], errors: [UInt8]) {
    exchange.forget()
    let answered = exchange.run(sending: command, isLast: false, for: timeout) {
      isAnswered($0.received[1])
    }
    guard answered else { throw Self.hung(executable, timeout) }
    return (exchange.received[0], exchange.received[1])
  }

  private static func hung(_ executable: String, _ timeout: Double) -> Fault {
    Fault(.limit, "\(executable) did not answer within \(Int(timeout)) s and was stopped")
  }

  /// Whether the child has ended, or at least says nothing more.
  var isOver: Bool { exchange.isOver }

  /// Closes all streams and waits for the end.
  ///
  /// - Parameter isStopped: whether the program is killed at once; otherwise that happens when it is
  ///   still there after two seconds.
  /// - Returns: The exit status; 128 + the signal's number when a signal ended it.
  @discardableResult
  mutating func end(isStopped: Bool) -> Int32 {
    exchange.close()
    var status: Int32 = 0
    let deadline = ContinuousClock.now + .seconds(isStopped ? 0 : 2)
    while waitpid(id, &status, WNOHANG) == 0 {
      if ContinuousClock.now >= deadline { kill(id, SIGKILL) }
      usleep(500)
    }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  /// Two connected descriptors that no other child inherits. Sockets rather than pipes: a write to
  /// a child that is gone can then be told not to raise SIGPIPE.
  private static func sockets(to executable: String) throws(Fault) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw Fault(.file, "no pipe to \(executable): \(String(cString: strerror(errno)))")
    }
    return ends
  }

  private static func spawn(
    _ executable: String, _ arguments: [String], _ streams: [Int32]
  ) throws(Fault) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (standard, descriptor) in streams.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(standard))
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this process ignores or blocks would be inherited: a child that ignores SIGPIPE or
    // cannot be stopped is not what a user expects.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP] { sigaddset(&defaults, signal) }
    var mask = sigset_t()
    sigemptyset(&mask)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process = pid_t()
    let error = posix_spawn(&process, executable, &actions, &attributes, words, environ)
    guard error == 0 else {
      throw Fault(.file, "cannot start \(executable): \(String(cString: strerror(error)))")
    }
    return process
  }
}
