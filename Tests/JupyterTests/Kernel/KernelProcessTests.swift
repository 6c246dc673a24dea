import Components
import Foundation
import Testing

@testable import Jupyter

/// The kernel as a process of its own.
@Suite struct KernelProcessTests {
  private static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("etude").path

  private final class Served {
    let process = Process()
    let client: Client
    let folder: String

    init() throws {
      folder =
        FileManager.default.temporaryDirectory
        .appendingPathComponent("etude-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      process.executableURL = URL(fileURLWithPath: KernelProcessTests.program)
      process.arguments = ["kernel", "start"]
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["JUPYTER_RUNTIME_DIR": folder + "/runtime", "XDG_STATE_HOME": folder + "/state"]) { $1 }
      let errors = Pipe()
      process.standardError = errors
      try process.run()
      let line = String(decoding: errors.fileHandleForReading.availableData, as: UTF8.self)
      let path = try #require(line.split(whereSeparator: \.isWhitespace).last.map(String.init))
      client = try Client(try ConnectionFile.read(path, .init()))
      client.waitForWelcome()
    }

    /// Kilobytes in memory, and open files.
    var size: (memory: Int, files: Int) {
      let id = process.processIdentifier
      let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
      let memory = Int(line.split(separator: " ").dropLast().last ?? "") ?? 0
      let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd")
      return (memory, files?.count ?? 0)
    }

    /// Waits until no signal is on its way and every thread sleeps: what was sent has been dealt with.
    func settle() throws {
      let tasks = "/proc/\(process.processIdentifier)/task"
      func isBusy(_ task: String) throws -> Bool {
        let status = try String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8)
        return status.split(separator: "\n").contains { line in
          line.hasPrefix("State:") && !line.contains("S (sleeping)")
            || (line.hasPrefix("SigPnd:") || line.hasPrefix("ShdPnd:"))
              && !line.hasSuffix("\t0000000000000000")
        }
      }
      let deadline = ContinuousClock.now + .seconds(20)
      while try FileManager.default.contentsOfDirectory(atPath: tasks).contains(where: isBusy) {
        try #require(ContinuousClock.now < deadline, "the kernel does not come to rest")
        usleep(1000)
      }
    }

    deinit {
      process.terminate()
      process.waitUntilExit()
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  @Test func aThousandCellsLeaveNothingBehind() throws {
    let served = try Served()
    func run(_ count: Int) throws {
      for number in 0..<count {
        let (reply, _) = try served.client.run("x = \(number)\nprint(x)\nx + 1")
        try #require(reply["status"] == .string("ok"))
      }
    }
    try run(200)
    let before = served.size
    try run(1000)
    let after = served.size
    #expect(before.memory > 0)
    // What was typed is remembered: some hundred bytes a cell.
    #expect(after.memory - before.memory < 4096)
    #expect(after.files == before.files)
    let left = try FileManager.default.subpathsOfDirectory(atPath: served.folder).sorted()
    #expect(
      left == [
        "runtime", "runtime/kernel-etude-\(served.process.processIdentifier).json", "state",
        "state/etude", "state/etude/kernel_history",
      ])
  }

  @Test func ctrlCStopsTheCellAndNeverTheKernel() throws {
    let served = try Served()
    for _ in 0..<3 { kill(served.process.processIdentifier, SIGINT) }
    // They come in on another road than the cell: let them come first.
    try served.settle()
    #expect(try served.client.run("1").reply["status"] == .string("ok"))
    let cell = served.client.execute(
      "before = 1\nprint('begun')\nfor i in range(3000000):\n  a = i")
    while let message = served.client.hear(), message.parent != cell || message.type != "stream" {}
    kill(served.process.processIdentifier, SIGINT)
    #expect(served.client.reply(to: cell)?["ename"] == .string("KeyboardInterrupt"))
    #expect(try served.client.run("before").reply["status"] == .string("ok"))
  }

  @Test func anEndLeavesNoFile() throws {
    let served = try Served()
    served.client.send("shutdown_request", ["restart": .bool(false)], over: .control)
    served.process.waitUntilExit()
    #expect(served.process.terminationStatus == 0)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: served.folder + "/runtime").isEmpty)
  }
}
