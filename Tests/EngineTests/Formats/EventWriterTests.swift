import Components
import Testing

@testable import Engine

@Suite struct EventWriterTests {
  private func writer(_ folder: String, on disk: any FileSystem = Disk()) -> EventWriter {
    EventWriter(folder: folder, on: disk, clock: { 1_700_000_000.25 })
  }

  @Test func checksumIsCastagnolis() {
    #expect(Checksum32C.checksum(of: Array("123456789".utf8)) == 0xe306_9283)
    #expect(Checksum32C.masked(Array("123456789".utf8)) == 0xc78a_b0e5)
  }

  /// The bytes torch.utils.tensorboard.SummaryWriter writes for the same scalar.
  @Test func recordsAreThoseOfSummaryWriter() {
    let record = EventRecord.scalar(
      ScalarEvent(tag: "train_loss", step: 7, value: 0.5, wallTime: 1))
    let body: [UInt8] =
      [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x10, 0x07, 0x2a, 0x13, 0x0a, 0x11, 0x0a, 0x0a]
      + Array("train_loss".utf8) + [0x15, 0, 0, 0, 0x3f]
    #expect(Array(record[12..<(record.count - 4)]) == body)
    #expect(record[0] == UInt8(body.count))
  }

  @Test func whatIsWrittenReadsBack() throws {
    let folder = try TemporaryFolder()
    let writer = writer(folder.file("runs"))
    #expect(try folder.names() == [], "no file before the first scalar")
    let values: [(String, Float, Int)] = [
      ("train_loss", 0.5, 0), ("train_loss", .nan, 1), ("val_mean_dice", -1e30, 300),
      ("É", .infinity, 1 << 40), ("", 0, -3),
    ]
    for (tag, value, step) in values { try writer.add(tag, value, step: step) }
    try writer.synchronize()
    let events = try EventReader.read(folder: folder.file("runs"))
    #expect(events.map(\.tag) == values.map(\.0))
    #expect(events.map(\.value.bitPattern) == values.map(\.1.bitPattern))
    #expect(events.map(\.step) == values.map(\.2))
    #expect(events.allSatisfy { $0.wallTime == 1_700_000_000.25 })
    let names = try Disk().names(in: folder.file("runs"))
    #expect(names.count == 1 && names[0].hasPrefix("events.out.tfevents.1700000000."))
    try writer.close()
    try writer.add("later", 1, step: 1)
    #expect(try Disk().names(in: folder.file("runs")).count == 2)
    #expect(try EventReader.read(folder: folder.file("runs")).last?.tag == "later")
  }

  @Test func aFolderHasOneWriter() throws {
    let folder = try TemporaryFolder()
    let first = EventWriter.shared(for: folder.path + "/runs")
    #expect(EventWriter.shared(for: folder.path + "/./runs/") === first)
    #expect(EventWriter.shared(for: folder.path) !== first)
  }

  @Test func readsWhatTensorBoardWrote() throws {
    let events = try EventReader.read(Fixture.path("torch.tfevents"))
    #expect(events.map(\.tag) == ["train_loss", "train_loss", "val_mean_dice"])
    #expect(events.map(\.step) == [1, 2, 1])
    #expect(events.map(\.value) == [0.5, 0.25, 0.875])
  }

  @Test(arguments: FailingDisk.Style.allCases)
  func everyFailingCallLeavesWholeRecords(style: FailingDisk.Style) throws {
    var folder = try TemporaryFolder()
    var told = 0
    let failures = try withEveryFailure(code: 28, style: style) { disk in
      folder = try TemporaryFolder()
      told = 0
      let writer = writer(folder.path, on: disk)
      var fault: (any Error)?
      for step in 0..<3 {
        do {
          try writer.add("loss", Float(step), step: step)
          told += 1
        } catch { fault = error }
      }
      if let fault { throw fault }
    } check: { error in
      if let error {
        #expect((error as? Fault)?.message.contains("no space left on device (ENOSPC)") == true)
      }
      let events = try EventReader.read(folder: folder.path)
      #expect(events.count == told)
      #expect(events.map(\.step) == events.map(\.step).sorted())
    }
    #expect(failures >= 3)
  }

  @Test func aTornTailIsWaitedForAndDamageIsNot() throws {
    let records = (0..<3).map {
      EventRecord.scalar(ScalarEvent(tag: "x", step: $0, value: 1, wallTime: 2))
    }
    let good = records.flatMap { $0 }
    for count in good.indices {
      let events = try EventReader.scalars(in: Array(good[..<count]), path: "x")
      let ends = records.indices.map { records[...$0].joined().count }
      #expect(events.count == ends.count { $0 <= count })
    }
    var bytes = good
    for index in good.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        #expect(throws: Fault.self, "bit \(bit) of byte \(index)") {
          try EventReader.scalars(in: bytes, path: "x")
        }
        bytes[index] ^= 1 << bit
      }
    }
  }

  @Test func randomMessagesNeverTrap() throws {
    var random = RandomState(seed: 1)
    for _ in 0..<5_000 {
      let body = (0..<(random.word() % 40)).map { _ in UInt8(random.word() & 255) }
      var record: [UInt8] = []
      record.append(littleEndian: UInt64(body.count))
      record.append(littleEndian: Checksum32C.masked(record))
      record += body
      record.append(littleEndian: Checksum32C.masked(body))
      do { _ = try EventReader.scalars(in: record, path: "x") } catch is Fault {}
    }
  }
}
