import Components
import Glibc

/// The gnuplot program: one process for each picture, script in, picture out.
public struct Gnuplot: Sendable {
  /// The command that installs it.
  public static let remedy = "sudo apt-get install -y --no-install-recommends gnuplot-nox"
  /// Seconds a picture may take; a large one takes a fraction of one.
  public static let defaultTimeout = 30.0

  public let executable: String
  public let timeout: Double

  public init(executable: String, timeout: Double = defaultTimeout) {
    (self.executable, self.timeout) = (executable, timeout)
  }

  /// The gnuplot on `PATH`.
  ///
  /// - Throws: `Fault` with the line that installs it.
  public static func find(timeout: Double = defaultTimeout) throws(Fault) -> Gnuplot {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin"
    guard let executable = SpawnedProcess.find("gnuplot", path: path) else {
      throw Fault(
        .unsupported, "gnuplot is not installed, so no picture is drawn", remedy: remedy)
    }
    return Gnuplot(executable: executable, timeout: timeout)
  }

  /// Runs a script, returns what it drew on standard output.
  func draw(_ script: [UInt8]) throws(Fault) -> [UInt8] {
    let answer = try SpawnedProcess.run(
      executable, input: script + Self.report, timeout: timeout)
    try Self.check(answer.errors, status: answer.status)
    return answer.output
  }

  /// gnuplot goes on after an error and tells it only on stderr, so every script is followed by a line
  /// that reports its error state under a mark.
  static let report = Array("\nprint sprintf(\"\(mark) %d\", GPVAL_ERRNO)\n".utf8)
  private static let mark = "etude-errno"

  /// Whether the report has come, good or bad.
  static func isReported(_ errors: [UInt8]) -> Bool {
    errors.last == UInt8(ascii: "\n") && String(decoding: errors, as: UTF8.self).contains(mark)
  }

  /// - Parameter status: of the process, when it has ended.
  static func check(_ errors: [UInt8], status: Int32? = nil) throws(Fault) {
    if lines(errors).contains("\(mark) 0") { return }
    throw Fault(
      .data, "gnuplot could not draw this", got: complaint(in: errors),
      notes: status.map { ["gnuplot ended with status \($0)"] } ?? [])
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The last line that says something: gnuplot first echoes the command and a caret.
  static func complaint(in errors: [UInt8]) -> String? {
    lines(errors).last { line in
      !line.hasPrefix(mark) && line.contains { $0 != " " && $0 != "^" }
    }?.trimmed
  }

  /// Version and the terminals this gnuplot was built with.
  public func description() throws(Fault) -> (version: String, terminals: [String]) {
    let script =
      "set print '-'\nprint GPVAL_VERSION, \" \", GPVAL_PATCHLEVEL\n"
      + "print GPVAL_TERMINALS\nset print\n"
    let lines = String(decoding: try draw(Array(script.utf8)), as: UTF8.self)
      .split(separator: "\n").map(String.init)
    guard lines.count == 2 else {
      throw Fault(.data, "gnuplot did not tell its version", got: lines.first)
    }
    return (
      lines[0].split(separator: " ").joined(separator: "."),
      lines[1].split(separator: " ").map(String.init)
    )
  }
}

extension String {
  fileprivate var trimmed: String {
    var rest = Substring(self)
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
