import Components
import Foundation
import Testing

@testable import Session

/// The fifteen pains that people have with configs elsewhere: for each the config that shows it, and the
/// screen that the program answers with.
///
/// `ETUDE_GOLDEN=write swift test --filter PainTests` writes the screens anew.
@Suite(.serialized) struct PainTests {
  static let pains: [String] = {
    let folder = GoldenFiles.folder.appendingPathComponent("pains").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.first?.isNumber == true }.sorted()
  }()

  private static let isWriting =
    ProcessInfo.processInfo.environment["ETUDE_GOLDEN"] == "write"

  @Test func thereAreFifteen() { #expect(Self.pains.count == 15) }

  @Test(arguments: pains) func theScreenIsTheGoldenOne(_ pain: String) throws {
    let folder = GoldenFiles.folder.appendingPathComponent("pains/\(pain)")
    let screen = try Self.screen(of: folder)
    let golden = folder.appendingPathComponent("screen.txt")
    if Self.isWriting { try screen.write(to: golden, atomically: true, encoding: .utf8) }
    #expect(try String(contentsOf: golden, encoding: .utf8) == screen)
  }

  @Test(arguments: pains) func theScreenNamesThePlaceAndTheRemedy(_ pain: String) throws {
    let file = GoldenFiles.folder.appendingPathComponent("pains/\(pain)/screen.txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count <= 15, "\(lines.count) lines")
    #expect(text.contains(/\.json:\d+:\d+/) || text.contains(/"line":\d+,"column":\d+/))
    #expect(
      text.contains("try: ") || text.contains("did you mean ")
        || text.contains(/"suggestion":"[^"]/))
  }

  @Test func thePageOfThemIsUpToDate() throws {
    let page = GoldenFiles.root.appendingPathComponent("docs/troubleshooting.md")
    let made = try Self.run(
      "scripts/troubleshooting.sh", in: GoldenFiles.root, path: Self.programFolder)
    #expect(try String(contentsOf: page, encoding: .utf8) == made, "make docs writes it anew")
  }

  /// Runs the pain's commands in a copy of its folder; what all of them show.
  private static func screen(of folder: URL) throws -> String {
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("pain-\(UUID())")
    try FileManager.default.copyItem(at: folder, to: copy)
    defer {
      do { try FileManager.default.removeItem(at: copy) } catch { Issue.record(error) }
    }
    return try run("sh ./command", in: copy, path: programFolder)
  }

  /// Where the program was built, beside the tests.
  private static let programFolder: String = {
    let runner = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return runner.deletingLastPathComponent().path
  }()

  private static func run(_ line: String, in folder: URL, path: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "exec 2>&1; \(line)"]
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = path + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
    environment["LC_ALL"] = "C.UTF-8"
    environment["NO_COLOR"] = "1"
    environment["TERM"] = "dumb"
    environment["COLUMNS"] = nil
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
