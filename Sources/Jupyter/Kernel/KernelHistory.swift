import Components
import Session
import Synchronization

/// What was run in the kernels of a user, session by session; the newest last.
///
/// A session gets its number with its first cell, so that a kernel that is only started leaves no trace.
final class KernelHistory: Sendable {
  /// More cells are forgotten, the oldest first.
  static let limit = 5000

  struct Entry: Sendable, Equatable {
    var session: Int
    var line: Int
    var input: String
  }

  private let file: EntryFile?
  /// Without a file, what this kernel ran.
  private let kept = Mutex<[Entry]>([])
  private let appended = Mutex(0)
  private let complain: @Sendable (String) -> Void

  /// - Parameter path: nil keeps nothing between kernels.
  init(path: String?, complain: @escaping @Sendable (String) -> Void = { _ in }) {
    file = path.map(EntryFile.init)
    self.complain = complain
  }

  // MARK: Writing

  /// A number for a session that begins.
  func begin() -> Int {
    var number = 1
    guard let file else {
      return kept.withLock { entries in
        number = (entries.map(\.session).max() ?? 0) + 1
        entries.append(Entry(session: number, line: 0, input: ""))
        return number
      }
    }
    attempt {
      () throws(Fault) in
      try file.append { lines in
        number = (lines.lazy.compactMap(Self.entry).map(\.session).max() ?? 0) + 1
        return Self.line(Entry(session: number, line: 0, input: ""))
      }
    }
    return number
  }

  func append(_ entry: Entry) {
    guard let file else {
      return kept.withLock { entries in
        entries.append(entry)
        if entries.count > 2 * Self.limit { entries = Array(entries.suffix(Self.limit)) }
      }
    }
    let isTimeToCut = appended.withLock { count in
      count += 1
      return count % 1000 == 0
    }
    attempt {
      () throws(Fault) in
      try file.append(Self.line(entry))
      if isTimeToCut { try cut(file) }
    }
  }

  private func cut(_ file: EntryFile) throws(Fault) {
    let lines = file.lines()
    if lines.count > 2 * Self.limit { try file.rewrite(lines.suffix(Self.limit).map(String.init)) }
  }

  /// Cells run also where nothing can be kept; once is enough to know.
  private func attempt(_ work: () throws(Fault) -> Void) {
    do throws(Fault) { try work() } catch { complain(error.message) }
  }

  // MARK: Reading

  func tail(_ count: Int) -> [Entry] { Array(entries().suffix(max(count, 0))) }

  /// Lines of one session, `stop` not among them.
  ///
  /// - Parameter session: its number; 0 is `present`, -1 the one before it.
  func range(session: Int, from start: Int, to stop: Int?, present: Int?) -> [Entry] {
    let entries = entries()
    var wanted = session
    if session <= 0 {
      let newest = present ?? (entries.map(\.session).max() ?? 0) + 1
      wanted = newest + session
    }
    return entries.filter {
      $0.session == wanted && $0.line >= start && $0.line < stop ?? .max
    }
  }

  /// Cells that match a pattern with `*` and `?`, the newest `count` of them.
  ///
  /// - Parameter isUnique: The same text counts once, where it was run last.
  func search(_ pattern: String, count: Int?, isUnique: Bool) -> [Entry] {
    let glob = Glob(pattern)
    var found = entries().filter { glob.matches($0.input) }
    if isUnique {
      var seen: Set<String> = []
      found = found.reversed().filter { seen.insert($0.input).inserted }.reversed()
    }
    return count.map { Array(found.suffix(max($0, 0))) } ?? found
  }

  private func entries() -> [Entry] {
    let all = file?.lines().compactMap(Self.entry) ?? kept.withLock { $0 }
    return all.filter { $0.line > 0 }
  }

  // MARK: Lines: session, line and text between tabs

  private static func line(_ entry: Entry) -> String {
    "\(entry.session)\t\(entry.line)\t\(EntryFile.encoded(entry.input))"
  }

  private static func entry(_ line: Substring) -> Entry? {
    let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let session = Int(parts[0]), let number = Int(parts[1]) else {
      return nil
    }
    return Entry(session: session, line: number, input: EntryFile.decoded(parts[2]))
  }
}

/// A pattern in which `*` stands for anything and `?` for one character, as shells have it.
struct Glob {
  private let pattern: [Character]

  init(_ pattern: String) { self.pattern = Array(pattern) }

  func matches(_ text: String) -> Bool {
    let text = Array(text)
    var (place, index) = (0, 0)
    /// Where the last `*` stands, and how far into the text it reaches.
    var star: (place: Int, index: Int)?
    while index < text.count {
      if place < pattern.count, pattern[place] == "*" {
        star = (place, index)
        place += 1
      } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[index] {
        (place, index) = (place + 1, index + 1)
      } else if let last = star {
        star = (last.place, last.index + 1)
        (place, index) = (last.place + 1, last.index + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
