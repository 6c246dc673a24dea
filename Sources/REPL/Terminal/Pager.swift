import Components
import Glibc

/// Shows what is longer than the screen through `PAGER`, or `less -R`; the rest directly.
struct Pager: Sendable {
  let sink: TerminalSink
  let signals: SignalWatch
  var environment = Environment.process

  func show(_ text: String) {
    let screen = Terminal.size(of: STDOUT_FILENO)
    guard Self.rows(of: text, columns: screen.columns) >= screen.rows, let command else {
      return sink.write(text, to: .result)
    }
    sink.clearLiveLine()
    let shown = sink.shown(text) + "\n"
    // Ctrl-C belongs to the pager while it is there.
    let isShown = signals.atPrompt { Self.pipe(shown, into: command) }
    if !isShown { sink.write(text, to: .result) }
  }

  /// Nil when the user wants none (`PAGER=cat`, or empty).
  private var command: String? {
    guard let named = environment["PAGER"] else { return "less -R" }
    return named.isEmpty || named == "cat" ? nil : named
  }

  /// Rows that a text takes; colour codes take no room.
  static func rows(of text: String, columns: Int) -> Int {
    text.split(separator: "\n", omittingEmptySubsequences: false).reduce(0) { rows, line in
      var width = 0
      var isCode = false
      for scalar in line.unicodeScalars {
        if scalar == "\u{1B}" { isCode = true }
        if !isCode { width += 1 }
        if isCode, scalar == "m" { isCode = false }
      }
      return rows + max(1, (width + columns - 1) / max(columns, 1))
    }
  }

  /// - Returns: Whether the pager ran; without `less` the shell says 127.
  private static func pipe(_ text: String, into command: String) -> Bool {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { return false }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    // The pager ends when its reader goes; we ignore that signal, and children inherit it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var standard = sigset_t()
    sigemptyset(&standard)
    sigaddset(&standard, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &standard)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var words: [UnsafeMutablePointer<CChar>?] =
      ["sh", "-c", command].map { (word: String) in strdup(word) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let error = posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, environ)
    close(ends[0])
    guard error == 0 else {
      close(ends[1])
      return false
    }
    TerminalSink.write(ends[1], text)
    close(ends[1])
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR { continue }
    return status & 0x7f != 0 || (status >> 8) & 0xff != 127
  }
}
