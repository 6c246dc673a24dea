import Foundation

/// Files written by the reference programs, with the scripts that made them.
enum Fixture {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// In `Tests/Fixtures/Formats`.
  static func path(_ name: String) -> String {
    tests.appendingPathComponent("Fixtures/Formats/\(name)").path
  }

  /// In `Tests/ParityTests/Fixtures`, described in `Tests/Fixtures/README.md`.
  static func parityPath(_ name: String) -> String {
    tests.appendingPathComponent("ParityTests/Fixtures/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static func parityBytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: parityPath(name))))
  }
}
