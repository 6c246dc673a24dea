import Components
import Testing

@testable import Engine

/// Files that try to run code, to take memory, or that were damaged on their way.
@Suite struct HostileCheckpointTests {
  private static let storage: [UInt8] = Array("ctorch\nFloatStorage\n".utf8)

  /// A checkpoint whose pickle is given, with 8 bytes in `data/0`.
  private static func read(_ pickle: [UInt8], version: String = "3\n") throws -> StateValue {
    try Checkpoint.read(
      CheckpointTests.archive([
        ("x/data.pkl", pickle), ("x/data/0", [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]),
        ("x/version", Array(version.utf8)),
      ]))
  }

  /// `_rebuild_tensor_v2` over `data/0`, with the numbers as written.
  private static func tensor(
    count: Int = 2, offset: Int = 0, shape: [Int] = [2], strides: [Int] = [1], key: String = "0",
    storage: [UInt8] = storage
  ) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] {
      var bytes: [UInt8] = [0x8a, 8]
      bytes.append(littleEndian: Int64(value))
      return bytes
    }
    func text(_ value: String) -> [UInt8] {
      var bytes: [UInt8] = [UInt8(ascii: "X")]
      bytes.append(littleEndian: UInt32(value.utf8.count))
      return bytes + Array(value.utf8)
    }
    func tuple(_ values: [Int]) -> [UInt8] {
      Array("(".utf8) + values.flatMap(number) + Array("t".utf8)
    }
    var pickle: [UInt8] = [0x80, 2] + Array("ctorch._utils\n_rebuild_tensor_v2\n((".utf8)
    pickle += text("storage") + storage + text(key) + text("cpu") + number(count)
    pickle += Array("tQ".utf8) + number(offset) + tuple(shape) + tuple(strides)
    return pickle + [0x89] + Array("ccollections\nOrderedDict\n)RtR.".utf8)
  }

  @Test func theUnalteredTensorReads() throws {
    #expect(try Self.read(Self.tensor()).tensor.numbers == [1, 2])
    #expect(
      try Self.read(Self.tensor(offset: 1, shape: [1, 3], strides: [9, 0])).tensor.numbers
        == [2, 2, 2])
  }

  @Test(arguments: [
    tensor(offset: 1), tensor(offset: -1), tensor(offset: .max), tensor(shape: [3]),
    tensor(strides: [-1]), tensor(shape: [2, 2], strides: [1]), tensor(count: 3),
    tensor(count: 1 << 61), tensor(count: -1), tensor(key: "1"), tensor(key: "../data.pkl"),
    tensor(shape: [1 << 32, 1 << 32], strides: [0, 0]), tensor(shape: [-1]),
    tensor(shape: [1 << 40], strides: [0]), tensor(shape: [2], strides: [.max]),
    tensor(shape: [Int](repeating: 1, count: 70), strides: [Int](repeating: 1, count: 70)),
    tensor(count: 1, shape: [1], storage: Array("ctorch\nDoubleStorage\n".utf8) + [0x30]),
    tensor(count: 1, shape: [1], storage: Array("ctorch\nComplexFloatStorage\n".utf8)),
  ])
  func tensorsThatLieAreRefused(pickle: [UInt8]) throws {
    #expect(throws: Fault.self) { try Self.read(pickle) }
  }

  @Test(arguments: [
    "cos\nsystem\n(X\u{2}\u{0}\u{0}\u{0}idtR.", "cbuiltins\neval\n.", "c__builtin__\nexec\n.",
    "cposix\nsystem\n.", "cnt\nsystem\n.", "csubprocess\nPopen\n.", "ctorch\nload\n.",
    "ctorch.jit\nannotations\n.", "cnumpy\nload\n.", "ccollections\nnamedtuple\n.",
    "ctorch._utils\n_rebuild_wrapper_subclass\n.", "(ios\nsystem\n.", "S'id'\n.", "I1\n.",
    "ctorch\n_utils._rebuild_tensor_v2\n.", "\u{4}\u{93}.",
  ])
  func codeIsNeitherRunNorLookedUp(text: String) throws {
    let fault = try #require(throws: Fault.self) {
      try Self.read([0x80, 2] + text.unicodeScalars.map { UInt8($0.value & 0xff) })
    }
    #expect(fault.kind == .unsupported || fault.kind == .format)
    #expect(fault.message.contains("x.pt"))
  }

  @Test(arguments: [
    "", ".", "t.", "a.", "s.", "}u.", "(}u.", "R.", "b.", "Q.", "h\u{5}.", "q\u{1}.", "((N.", "NN.",
    "X\u{ff}\u{ff}\u{ff}\u{ff}a.", "K", "G123.", "cos", "N(a.", "]K\u{1}(t.", "}NNs.", "}(Ku.",
    ")ccollections\nOrderedDict\n", "ccollections\nOrderedDict\nNR.",
    "ccollections\nOrderedDict\nK\u{1}\u{85}R.", "N}b.", "](K\u{1}s.", "K\u{1}Q.",
    "ctorch\nSize\n.", "}(]K\u{1}u.", "}(G12345678Nu.",
  ])
  func nonsenseIsRefused(text: String) throws {
    let pickle: [UInt8] = [0x80, 2] + text.unicodeScalars.map { UInt8($0.value & 0xff) }
    #expect(throws: Fault.self) { try Self.read(pickle) }
  }

  @Test func deepNestingIsRefusedWithoutRecursion() throws {
    let open = [UInt8](repeating: UInt8(ascii: "]"), count: 200_000)
    let close = [UInt8](repeating: UInt8(ascii: "a"), count: 199_999)
    let fault = try #require(throws: Fault.self) {
      try Self.read([0x80, 2] + open + close + [0x2e])
    }
    #expect(fault.message == "'x.pt' nests its values more than 100 deep")
  }

  @Test func sharingBombsAndCyclesAreRefused() throws {
    // 40 tuples, each holding the one before twice: 2^40 leaves.
    var pickle: [UInt8] = [0x80, 2] + Array("Nq\u{0}".utf8)
    for _ in 0..<40 { pickle += [0x68, 0, 0x86, 0x71, 0] }
    #expect(try #require(throws: Fault.self) { try Self.read(pickle + [0x2e]) }.kind == .limit)
    // A list that holds itself.
    let cycle: [UInt8] = [0x80, 2, 0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e]
    #expect(try #require(throws: Fault.self) { try Self.read(cycle) }.kind == .limit)
  }

  @Test func archivesThatContradictThemselvesAreRefused() throws {
    let pickle: [UInt8] = [0x80, 2, 0x4e, 0x2e]
    let good: [(String, [UInt8])] = [("x/data.pkl", pickle), ("x/version", [0x33])]
    _ = try Checkpoint.read(CheckpointTests.archive(good))
    let bad: [[(String, [UInt8])]] = [
      [("x/data.pkl", pickle)], [("x/version", [0x33])],
      [("x/data.pkl", pickle), ("y/version", [0x33])], [("data.pkl", pickle), ("version", [0x33])],
      [("x/data.pkl", pickle), ("x/version", Array("99".utf8))],
      [("x/data.pkl", pickle), ("x/version", Array("3; rm".utf8))],
      good + [("x/data.pkl", pickle)], good + [("x/byteorder", Array("middle".utf8))],
      good + [("x/constants.pkl", pickle)], [],
    ]
    for records in bad {
      #expect(throws: Fault.self, "\(records.map(\.0))") {
        try Checkpoint.read(CheckpointTests.archive(records))
      }
    }
  }

  @Test(arguments: ["torch1-bare.pt", "torch2-bare.pt", "own"])
  func everyFlippedBitIsDetectedOrHarmless(file: String) throws {
    let good: [UInt8]
    if file == "own" {
      let folder = try TemporaryFolder()
      let state = StateDictionary([("w", .tensor(Tensor([1, 2] as [Float], shape: [2])))])
      try Checkpoint.write(.dict(state), to: folder.file("own.pt"))
      good = try folder.read("own.pt")
    } else {
      good = try Fixture.bytes(file)
    }
    let expected = try Checkpoint.read(MemorySource(good, path: file)).text
    var detected = 0
    var bytes = good
    for index in bytes.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        do {
          let text = try Checkpoint.read(MemorySource(bytes, path: file)).text
          #expect(text == expected, "bit \(bit) of byte \(index)")
        } catch is Fault { detected += 1 }
        bytes[index] ^= 1 << bit
      }
    }
    #expect(detected > 2_000)
  }

  @Test(arguments: ["torch1.pt", "torch1-legacy.pt", "torch2-legacy.pt"])
  func everyTruncationIsDetected(file: String) throws {
    let good = try Fixture.bytes(file)
    for count in stride(from: 0, to: good.count, by: 7) {
      #expect(throws: Fault.self, "\(count) bytes") {
        try Checkpoint.read(MemorySource(Array(good[..<count]), path: file))
      }
    }
  }

  /// The older form has no checksums: damage may go unseen, but it must end in state or a fault.
  @Test func damagedOldFilesNeverTrap() throws {
    let good = try Fixture.bytes("torch1-legacy.pt")
    var random = RandomState(seed: 7)
    for _ in 0..<3_000 {
      var bytes = good
      for _ in 0...(random.word() % 4) {
        bytes[Int(random.word()) % bytes.count] = UInt8(random.word() & 255)
      }
      do { _ = try Checkpoint.read(MemorySource(bytes, path: "x.pt")) } catch is Fault {}
    }
  }

  @Test func aFileOfAnotherKindSaysSo() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("hello world".utf8), "model.pt")
    let fault = try #require(throws: Fault.self) { try Checkpoint.read(path) }
    #expect(fault.message == "\(path.quoted) is not a PyTorch checkpoint")
    let missing = try #require(throws: Fault.self) { try Checkpoint.read(path + "x") }
    #expect(missing.message == "there is no file \((path + "x").quoted)")
  }
}
