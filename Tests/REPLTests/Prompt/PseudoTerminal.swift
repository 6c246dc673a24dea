import Foundation
import Glibc

/// The built `etude` on a terminal of its own, typed at and read by a test.
final class PseudoTerminal {
  struct TimeOut: Error, CustomStringConvertible {
    let description: String
  }

  /// Beside the test runner; both are built together.
  static let program: String = {
    let runner = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return runner.deletingLastPathComponent().appendingPathComponent("etude").path
  }()

  private let master: Int32
  private let process: pid_t
  private var unread = ""
  private var status: Int32?

  /// A terminal of 24 rows with an empty home folder.
  init(
    _ arguments: [String] = [], variables: [String: String] = [:], columns: UInt16 = 80
  ) throws {
    // posix_openpt and its kin are hidden from Swift; these are what they do on Linux.
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (locked, number): (Int32, Int32) = (0, 0)
    let (unlock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    guard master >= 0, ioctl(master, unlock, &locked) == 0, ioctl(master, getNumber, &number) == 0
    else { throw TimeOut(description: "no pseudo terminal") }
    let slave = "/dev/pts/\(number)"
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    var environment = [
      "TERM": "xterm", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "NO_COLOR": "1",
      "ETUDE_HISTORY": "", "SWIFT_BACKTRACE": "enable=no",
    ]
    environment.merge(variables) { $1 }
    process = try Self.spawn(arguments, on: slave, environment)
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      _ = waitpid(process, nil, 0)
    }
    close(master)
  }

  private static func spawn(
    _ arguments: [String], on slave: String, _ environment: [String: String]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal a new session opens becomes its controlling one.
    posix_spawn_file_actions_addopen(&actions, 0, slave, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    let newSession: Int16 = 0x80
    posix_spawnattr_setflags(&attributes, newSession)
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var process = pid_t()
    let error = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
    guard error == 0 else { throw TimeOut(description: "cannot start \(program)") }
    return process
  }

  func type(_ text: String) {
    var text = text
    text.withUTF8 { bytes in _ = write(master, bytes.baseAddress, bytes.count) }
  }

  /// Reads until `text` has appeared, and returns everything up to its end. What switches
  /// bracketed paste on and off is left out.
  @discardableResult
  func expect(_ text: String, within seconds: Double = 60) throws -> String {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while true {
      if let range = unread.range(of: text) {
        let seen = String(unread[..<range.upperBound])
        unread = String(unread[range.upperBound...])
        return seen
      }
      guard Date() < deadline, readSome() else {
        throw TimeOut(
          description: "waiting for \(text.debugDescription), saw \(unread.debugDescription)")
      }
    }
  }

  func expectPrompt() throws { try expect("etude> ") }

  /// What came since the last expectation, once it has come to `text`.
  func seen(until text: String) throws -> String {
    String(try expect(text).dropLast(text.count))
  }

  private func readSome() -> Bool {
    var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&watched, 1, 200) > 0 else { return true }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    unread += String(decoding: buffer[..<count], as: UTF8.self)
    for bracketing in ["\u{1B}[?2004h", "\u{1B}[?2004l"] {
      unread = unread.replacingOccurrences(of: bracketing, with: "")
    }
    return true
  }

  /// As dragging the window's edge does; the program gets SIGWINCH.
  func resize(columns: UInt16) {
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    send(signal: SIGWINCH)
  }

  func send(signal: Int32) { kill(process, signal) }

  /// Waits for the end: the exit status, or 128 + n after a signal killed it.
  func end(within seconds: Double = 20) throws -> Int32 {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
      _ = readSome()
      var raw: Int32 = 0
      if waitpid(process, &raw, WNOHANG) == process {
        let signal = raw & 0x7f
        let ended = signal == 0 ? (raw >> 8) & 0xff : 128 + signal
        status = ended
        return ended
      }
    }
    throw TimeOut(description: "still running after \(seconds) s, saw \(unread.debugDescription)")
  }
}
