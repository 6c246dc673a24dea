import Components
import Glibc

/// A program run to its end over three pipes, without a shell, in its own process group, so that
/// Ctrl-C in the terminal reaches only the parent.
struct ChildProcess {
  struct Output {
    var standardOutput: [UInt8]
    var standardError: [UInt8]
    /// The exit status; 128 + the signal's number when a signal ended it.
    var status: Int32
  }

  /// The first executable of that name in the folders of `path` (the form of `PATH`).
  static func find(_ name: String, path: String) -> String? {
    for folder in path.split(separator: ":") {
      let candidate = "\(folder)/\(name)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return nil
  }

  let executable: String
  let arguments: [String]

  /// Feeds `input`, gathers both outputs and waits. Kills the process after `timeout` seconds.
  func run(input: [UInt8], timeout: Double) throws(Fault) -> Output {
    var pipes: [[Int32]] = []
    defer { for descriptor in pipes.joined() where descriptor >= 0 { close(descriptor) } }
    for _ in 0..<3 { pipes.append(try pipe()) }
    let process = try spawn(stdin: pipes[0][0], stdout: pipes[1][1], stderr: pipes[2][1])
    for (pipe, end) in [(0, 0), (1, 1), (2, 1)] {
      close(pipes[pipe][end])
      pipes[pipe][end] = -1
    }
    var exchange = Exchange(
      input: input, toChild: pipes[0][1], fromChild: [pipes[1][0], pipes[2][0]])
    let ended = exchange.run(until: monotonicSeconds() + timeout)
    pipes[0][1] = exchange.toChild
    if !ended { kill(process, SIGKILL) }
    let status = wait(for: process)
    guard ended else {
      throw Fault(
        .limit, "\(executable) did not answer within \(Int(timeout)) s and was stopped")
    }
    return Output(
      standardOutput: exchange.received[0], standardError: exchange.received[1], status: status)
  }

  /// Two connected descriptors that no other child inherits. Sockets rather than pipes: a write to
  /// a child that is gone can then be told not to raise SIGPIPE.
  private func pipe() throws(Fault) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw Fault(.file, "no pipe to \(executable): \(String(cString: strerror(errno)))")
    }
    return ends
  }

  private func spawn(stdin: Int32, stdout: Int32, stderr: Int32) throws(Fault) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, standard) in [(stdin, Int32(0)), (stdout, 1), (stderr, 2)] {
      posix_spawn_file_actions_adddup2(&actions, descriptor, standard)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this process ignores or blocks would be inherited: a child that ignores SIGPIPE or
    // cannot be stopped is not what a user expects.
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&defaults, signal) }
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

  private func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }
}

/// Writing and reading at once, so that neither side waits for the other with a full pipe.
private struct Exchange {
  let input: [UInt8]
  /// -1 once all is written.
  var toChild: Int32
  let fromChild: [Int32]
  private(set) var received: [[UInt8]] = [[], []]
  private var written = 0
  private var isOpen = [true, true]

  init(input: [UInt8], toChild: Int32, fromChild: [Int32]) {
    (self.input, self.toChild, self.fromChild) = (input, toChild, fromChild)
    _ = fcntl(toChild, F_SETFL, O_NONBLOCK)
  }

  /// False when the deadline passed first.
  mutating func run(until deadline: Double) -> Bool {
    while toChild >= 0 || isOpen.contains(true) {
      var watched = [
        pollfd(fd: toChild, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: isOpen[0] ? fromChild[0] : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isOpen[1] ? fromChild[1] : -1, events: Int16(POLLIN), revents: 0),
      ]
      let left = deadline - monotonicSeconds()
      guard left > 0 else { return false }
      if poll(&watched, 3, Int32((left * 1000).rounded(.up))) < 0 && errno != EINTR {
        return false
      }
      if watched[0].revents != 0 { writeSome() }
      for index in 0..<2 where watched[index + 1].revents != 0 { readSome(index) }
    }
    return true
  }

  private mutating func writeSome() {
    let count = input.withUnsafeBytes { bytes in
      send(
        toChild, bytes.baseAddress.map { $0 + written }, bytes.count - written,
        Int32(MSG_NOSIGNAL))
    }
    if count > 0 { written += count }
    let isBroken = count < 0 && errno != EAGAIN && errno != EINTR
    if written == input.count || isBroken {
      close(toChild)
      toChild = -1
    }
  }

  private mutating func readSome(_ index: Int) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(fromChild[index], &buffer, buffer.count)
    if count > 0 {
      received[index] += buffer[..<count]
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      isOpen[index] = false
    }
  }
}

private func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
