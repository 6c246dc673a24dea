import Components
import Glibc

/// Where the lines typed at the prompt are kept: one entry a line, the newest last.
///
/// Every entry is written as soon as it is run, so that neither a signal nor a second prompt loses
/// any. The escapes are those of libedit's own files.
struct HistoryFile {
  /// More are forgotten, the oldest first.
  static let limit = 5000

  let path: String

  /// `ETUDE_HISTORY`, or `history` in `$XDG_STATE_HOME/etude`, or in `~/.local/state/etude`.
  /// Nil when there is no home, or `ETUDE_HISTORY` is empty: then nothing is kept.
  static func path(_ environment: Environment = .process) -> String? {
    if let named = environment["ETUDE_HISTORY"] { return named.isEmpty ? nil : named }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return "\(state)/etude/history"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.local/state/etude/history"
  }

  /// The entries, each once, at the place where it was last used. A file that cannot be read is empty.
  func entries() -> [String] {
    guard let text = try? SourceText.read(file: path) else { return [] }
    let lines = text.split(separator: "\n").filter { $0 != "_HiStOrY_V2_" }
    let entries = Array(Self.unique(lines.map(Self.decoded)).suffix(Self.limit))
    // Now and then the file is written anew without what is not needed; a failure costs nothing.
    if lines.count > 2 * Self.limit { try? rewrite(entries) }
    return entries
  }

  func append(_ entry: String) throws(Fault) {
    makeFolder()
    try write(Self.encoded(entry) + "\n", emptying: false)
  }

  private func rewrite(_ entries: [String]) throws(Fault) {
    try write(entries.map { Self.encoded($0) + "\n" }.joined(), emptying: true)
  }

  /// One write under a lock, so that two prompts mix entries and never letters.
  private func write(_ text: String, emptying: Bool) throws(Fault) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0, !emptying || ftruncate(descriptor, 0) == 0 else {
      throw failure()
    }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw failure() }
  }

  private func failure() -> Fault {
    Fault(
      .file, "cannot keep the history in \(path.quoted): \(String(cString: strerror(errno)))",
      remedy: "ETUDE_HISTORY= etude")
  }

  /// What was typed is nobody else's business.
  private func makeFolder() {
    guard path.hasPrefix("/") else { return }
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o700)
    }
  }

  /// Each entry once, at its last place.
  static func unique(_ entries: [String]) -> [String] {
    var seen: Set<String> = []
    return entries.reversed().filter { seen.insert($0).inserted }.reversed()
  }

  static func encoded(_ entry: String) -> String {
    entry.replacing("\\", with: "\\\\").replacing("\n", with: "\\012")
  }

  static func decoded(_ line: Substring) -> String {
    guard line.contains("\\") else { return String(line) }
    var bytes: [UInt8] = []
    var rest = Array(line.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte != UInt8(ascii: "\\") {
        bytes.append(byte)
      } else if digits.count == 3,
        let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else if let escaped = rest.popFirst() {
        bytes.append(escaped)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
