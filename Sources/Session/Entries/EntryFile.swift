import Components
import Glibc
import Script

/// A file of entries, one a line, the newest last, which several programs may add to at once.
///
/// What is added is written at once, so that no signal loses it. The escapes are those of libedit's own
/// files.
public struct EntryFile: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// The lines as they stand in the file. A file that cannot be read is empty.
  public func lines() -> [Substring] {
    let sources = SourceStore()
    do throws(Fault) {
      let (source, _) = try ConfigFile.open(path, in: sources)
      return sources[source].text.split(separator: "\n")
    } catch { return [] }
  }

  /// Adds a line made from those that are there; nobody else adds one in between.
  public func append(_ make: ([Substring]) -> String) throws(Fault) {
    try change { descriptor throws(Fault) in
      try write(make(lines()) + "\n", to: descriptor)
    }
  }

  public func append(_ line: String) throws(Fault) {
    try change { descriptor throws(Fault) in try write(line + "\n", to: descriptor) }
  }

  public func rewrite(_ lines: [String]) throws(Fault) {
    try change { descriptor throws(Fault) in
      guard ftruncate(descriptor, 0) == 0 else { throw failure() }
      try write(lines.map { $0 + "\n" }.joined(), to: descriptor)
    }
  }

  /// Under a lock, so that two programs mix lines and never letters.
  private func change(_ body: (Int32) throws(Fault) -> Void) throws(Fault) {
    // What was typed is nobody else's business.
    try Folders.make(ConfigFile.folder(of: path), isPrivate: true)
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX) == 0 else { throw failure() }
    try body(descriptor)
  }

  private func write(_ text: String, to descriptor: Int32) throws(Fault) {
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw failure() }
  }

  private func failure() -> Fault {
    Fault(.file, "cannot keep the history in \(path.quoted): \(String(cString: strerror(errno)))")
  }

  // MARK: Entries of several lines

  public static func encoded(_ entry: String) -> String {
    var line = ""
    for scalar in entry.unicodeScalars {
      switch scalar {
      case "\\": line += "\\\\"
      case "\n": line += "\\012"
      case "\r": line += "\\015"
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  public static func decoded(_ line: Substring) -> String {
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
