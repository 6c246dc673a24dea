import Foundation

/// A screen kept as a text file in the `Golden` folder of its test target. The first line says how to
/// write it anew, the rest is the screen.
public struct GoldenScreen {
  private static let header =
    "# Written by ETUDE_GOLDEN=write swift test; read the difference before committing."
  private let file: URL

  /// - Parameter name: the file below `Golden`, without its ending: `relations/new-rate`.
  public init(_ name: String, test: String = #filePath) {
    var folder = URL(fileURLWithPath: test).deletingLastPathComponent()
    while folder.deletingLastPathComponent().lastPathComponent != "Tests", folder.path != "/" {
      folder.deleteLastPathComponent()
    }
    file = folder.appendingPathComponent("Golden").appendingPathComponent(name + ".txt")
  }

  /// Nil when `screen` is what the file holds, else the first line that differs. With
  /// `ETUDE_GOLDEN=write` in the environment the screen becomes the file.
  public func difference(from screen: String) throws -> String? {
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if ProcessInfo.processInfo.environment["ETUDE_GOLDEN"] == "write" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      let text = ([Self.header] + lines).joined(separator: "\n") + "\n"
      try text.write(to: file, atomically: true, encoding: .utf8)
      return nil
    }
    guard FileManager.default.fileExists(atPath: file.path) else {
      return "there is no \(file.lastPathComponent); ETUDE_GOLDEN=write swift test makes it"
    }
    var kept = try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map(String.init)
    if kept.last == "" { kept.removeLast() }
    for index in 0..<max(kept.count, lines.count) {
      let wanted = index < kept.count ? kept[index] : "(the end)"
      let got = index < lines.count ? lines[index] : "(the end)"
      if wanted != got {
        return "\(file.lastPathComponent), line \(index + 2)\n  has \(wanted)\n  got \(got)"
      }
    }
    return nil
  }
}
