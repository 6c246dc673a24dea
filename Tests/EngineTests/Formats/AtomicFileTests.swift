import Components
import Glibc
import Testing

@testable import Engine

@Suite struct AtomicFileTests {
  static let old = [UInt8](repeating: 7, count: 300)
  /// More than the sink's buffer, so that several writes are needed.
  static let new = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

  @Test(arguments: [ENOSPC, EIO, EDQUOT, EACCES], FailingDisk.Style.allCases)
  func everyFailingCallLeavesTheOldFileOrTheNewOne(
    code: Int32, style: FailingDisk.Style
  ) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.old, "model.pt")
    let failures = try withEveryFailure(code: code, style: style) { disk in
      _ = try folder.write(Self.old, "model.pt")
      try AtomicFile.write(Self.new, to: path, on: disk)
    } check: { error in
      let left = try folder.read("model.pt")
      guard let error else {
        #expect(left == Self.new)
        return
      }
      let fault = try #require(error as? Fault)
      #expect(fault.kind == .file)
      #expect(fault.message.contains("model.pt"))
      #expect(fault.message.contains(FileFailure(code: code).cause), "\(fault.message)")
      #expect(left == Self.old || left == Self.new)
      if style == .once { #expect(try folder.names() == ["model.pt"]) }
      try AtomicFile.removeLeftovers(in: folder.path, on: FailingDisk.alone)
      #expect(try folder.names() == ["model.pt"])
    }
    #expect(failures >= 8)
    #expect(try folder.read("model.pt") == Self.new)
  }

  @Test func aLossOfPowerAtAnyPointLeavesOldOrNew() throws {
    let new = [UInt8](Self.new.prefix(2_000))
    let start = ["d/model.pt": Self.old]
    let disk = PowerLossDisk(start)
    try AtomicFile.write(new, to: "d/model.pt", on: disk)
    let survivors = PowerLossDisk.survivors(of: disk.log, start: start)
    #expect(survivors.count > 20)
    for files in survivors {
      #expect(files["d/model.pt"] == Self.old || files["d/model.pt"] == new)
    }
    #expect(survivors.last?["d/model.pt"] == new)
  }

  @Test func aLossOfPowerNeverCostsAnEarlierRunsFile() throws {
    let new = [UInt8](Self.new.prefix(2_000))
    let start = ["d/model.pt": Self.old]
    let disk = PowerLossDisk(start)
    try RunFiles(on: disk).write("d/model.pt") { try $0.write(new) }
    for files in PowerLossDisk.survivors(of: disk.log, start: start) {
      #expect(files["d/model.pt"] == Self.old || files["d/model.1.pt"] == Self.old)
    }
  }

  @Test func sayWhichFolderIsMissing() throws {
    let fault = #expect(throws: Fault.self) {
      try AtomicFile.write([1], to: "/nowhere/at all/model.pt")
    }
    #expect(
      fault?.message
        == "cannot write '/nowhere/at all/model.pt': there is no folder '/nowhere/at all'")
  }

  @Test func failureNamesPathCauseAndBytes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.bin")
    var messages: [String] = []
    _ = try withEveryFailure(code: ENOSPC, style: .once) { disk in
      try AtomicFile.write(Self.new, to: path, on: disk)
    } check: {
      messages.append(($0 as? Fault)?.message ?? "")
    }
    #expect(
      messages.contains(
        "cannot write \(path.quoted): no space left on device (ENOSPC) after 0 bytes"))
    #expect(messages.contains { $0.hasSuffix("after 200000 bytes") })
  }

  @Test func leftoversOfDeadProcessesGoAndOthersStay() throws {
    let folder = try TemporaryFolder()
    let dead: Int32 = 1 << 30
    let names = [
      "a.pt", "a.pt.tmp-\(dead)-0123abcd", "a.pt.tmp-\(getpid())-0123abcd", "b.tmp-\(dead)-xyz",
      "notes.tmp-1", "x.tmp-\(dead)-0123abcd.bak",
    ]
    for name in names { _ = try folder.write([1], name) }
    let removed = try AtomicFile.removeLeftovers(in: folder.path)
    #expect(removed == [folder.file(names[1])])
    #expect(try folder.names() == names.filter { $0 != names[1] }.sorted())
    #expect(try AtomicFile.removeLeftovers(in: folder.file("none")) == [])
  }

  @Test func filesOfEarlierRunsAreKeptUnderTheNextNumber() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1], "model.pt")
    _ = try folder.write([0], "model.1.pt")
    let run = RunFiles()
    #expect(try run.write(path) { try $0.write([2]) } == folder.file("model.2.pt"))
    #expect(try run.write(path) { try $0.write([3]) } == nil)
    #expect(try folder.names() == ["model.1.pt", "model.2.pt", "model.pt"])
    #expect(try folder.read("model.2.pt") == [1])
    #expect(try folder.read("model.pt") == [3])
    #expect(throws: Fault.self) { try run.remove(folder.file("model.2.pt")) }
    try run.remove(path)
    #expect(try folder.names() == ["model.1.pt", "model.2.pt"])
  }
}
