import Foundation

/// A program for a test to start in the place of another, made of lines of shell.
///
/// Tests run at the same time and start processes: a file that is executed right after it was written
/// may still be open for writing in somebody's child, and is then "text file busy". So the program is a
/// link to an executable that nobody writes, which reads its lines from the file beside it.
public enum ShellProgram {
  private static let reader = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("program.sh").path

  public static func write(_ text: String, to path: String) throws {
    try text.write(toFile: lines(of: path), atomically: true, encoding: .utf8)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: reader)
  }

  public static func remove(_ path: String) throws {
    for file in [path, lines(of: path)] { try FileManager.default.removeItem(atPath: file) }
  }

  private static func lines(of path: String) -> String { path + ".lines" }
}
