import Components
import Testing

@testable import Engine

@Suite struct CheckpointTests {
  static let files = ["torch1.pt", "torch1-legacy.pt", "torch2.pt", "torch2-legacy.pt"]

  @Test(arguments: files) func readsEveryElementType(file: String) throws {
    let types = try Checkpoint.read(Fixture.path(file)).at("types")
    let expected: [(String, DType)] = [
      ("float64", .float64), ("float32", .float32), ("float16", .float32),
      ("bfloat16", .bfloat16), ("int64", .int64), ("int32", .int32), ("int16", .int32),
      ("int8", .int32), ("uint8", .uint8), ("bool", .bool),
    ]
    for (name, dtype) in expected {
      let tensor = try types.at(name).tensor
      #expect(tensor.dtype == dtype, "\(name)")
      #expect(tensor.shape == [4])
      #expect(tensor.numbers == (name == "bool" ? [0, 1, 1, 1] : [0, 1, 2, 100]), "\(name)")
    }
  }

  @Test(arguments: files) func readsViewsOfSharedStorages(file: String) throws {
    let views = try Checkpoint.read(Fixture.path(file)).at("views")
    let base = (0..<12).map(Double.init)
    #expect(try views.at("base").tensor.numbers == base)
    #expect(try views.at("parameter").tensor.numbers == base)
    let transposed = try views.at("transposed").tensor
    #expect(transposed.shape == [4, 3])
    #expect(transposed.numbers == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
    #expect(try views.at("row").tensor.numbers == [4, 5, 6, 7])
    #expect(try views.at("column").tensor.numbers == [2, 6, 10])
    #expect(try views.at("expanded").tensor.numbers == [0, 0, 0, 0])
    #expect(try views.at("scalar").tensor.shape == [])
    #expect(try views.at("scalar").tensor.numbers == [2.5])
    #expect(try views.at("empty").tensor.shape == [0, 3])
  }

  @Test(arguments: files) func readsPlainValues(file: String) throws {
    let plain = try Checkpoint.read(Fixture.path(file)).at("plain")
    let expected: [(String, String)] = [
      ("none", "None"), ("yes", "True"), ("no", "False"), ("small", "7"), ("word", "40000"),
      ("negative", "-3"), ("wide", "1099511627776"), ("huge", "-4611686018427387904"),
      ("ratio", "0.1"), ("text", "'Étude ✓'"), ("list", "[1, [2.5, 'x']]"),
      ("tuple", "(1, 2, 3, 4)"), ("size", "(2, 3)"), ("device", "'cuda:0'"),
      ("dtype", "'torch.float16'"), ("set", "[4]"),
    ]
    guard case .dict(let entries) = plain else {
      Issue.record("plain is no dict")
      return
    }
    #expect(entries.entries.map { $0.key } == expected.map { .string($0.0) })
    for (name, text) in expected { #expect(try plain.at(name).text == text, "\(name)") }
  }

  @Test(arguments: files) func readsWeightsAndMoments(file: String) throws {
    let state = try Checkpoint.read(Fixture.path(file))
    let model = try state.at("model")
    #expect(
      model.keys == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked",
      ])
    #expect(try model.at("1.num_batches_tracked").tensor.numbers == [7])
    let moments = try state.at("optimizer").at("state").at(2)
    #expect(try moments.at("exp_avg").tensor.shape == [2])
    #expect(try moments.at("step").tensor.numbers == [1])
    let group = try state.at("optimizer").at("param_groups").text
    #expect(group.contains("'lr': 0.0002") && group.contains("'betas': (0.9, 0.999)"))
  }

  @Test(arguments: ["torch1-bare.pt", "torch2-bare.pt", "torch1-deflated.pt"])
  func readsABareStateDictionary(file: String) throws {
    let state = try Checkpoint.read(Fixture.path(file))
    #expect(try state.at("0.bias").tensor.shape == [2])
  }

  @Test func writtenFilesReadBackEqual() throws {
    let folder = try TemporaryFolder()
    var state = StateDictionary()
    for dtype in DType.allCases {
      let bytes = (0..<(6 * dtype.size)).map { UInt8($0 % 2) }
      state[dtype.rawValue] = .tensor(
        Tensor(shape: [2, 3], dtype: dtype) { $0.copyBytes(from: bytes) })
    }
    let shared = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    state["shared"] = .list([.tensor(shared), .tensor(shared.reshaped([4]))])
    state["step"] = .tensor(Tensor(scalar: 3))
    state["empty"] = .tensor(Tensor(zeros: [0, 2]))
    var inner = StateDictionary()
    inner[.int(0)] = .int(1)
    inner[.int(-5)] = .tuple([])
    state["inner"] = .dict(inner)
    state["numbers"] = .list(
      [0, 255, 256, 65535, 65536, -1, Int(Int32.min), Int(Int32.max) + 1, .max, .min].map {
        .int($0)
      })
    state["floats"] = .tuple([.double(0.1), .double(-.infinity), .double(.leastNonzeroMagnitude)])
    state["words"] = .list([.string(""), .string("É\u{0}\n"), .none, .bool(true), .bool(false)])
    let path = folder.file("all.pt")
    try Checkpoint.write(.dict(state), to: path)
    let back = try Checkpoint.read(path)
    #expect(back.text == StateValue.dict(state).text)
    #expect(try back.at("bfloat16").tensor.dtype == .bfloat16)
    #expect(try folder.names() == ["all.pt"])
    guard case .list(let pair) = try back.at("shared") else { return }
    #expect(try pair[0].tensor.storage === pair[1].tensor.storage, "shared bytes are read once")
  }

  @Test func readsBothByteOrders() throws {
    let pickle = try PickleWriter(.tensor(Tensor([1.5, -2] as [Float], shape: [2])))
    let big: [UInt8] = [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0]
    let state = try Checkpoint.read(
      Self.archive([
        ("x/data.pkl", pickle.bytes), ("x/byteorder", Array("big".utf8)), ("x/data/0", big),
        ("x/version", [0x33]),
      ]))
    #expect(try state.tensor.numbers == [1.5, -2])
  }

  static func archive(_ records: [(String, [UInt8])]) throws -> MemorySource {
    let folder = try TemporaryFolder()
    try AtomicFile.write(to: folder.file("x.pt")) { sink in
      var zip = ZipWriter(sink)
      for (name, bytes) in records { try zip.add(name, bytes) }
      try zip.finish()
    }
    return MemorySource(try folder.read("x.pt"), path: "x.pt")
  }
}

extension StateValue {
  private struct Missing: Error { let what: String }

  func at(_ key: StateDictionary.Key) throws -> StateValue {
    guard case .dict(let entries) = self, let value = entries[key] else {
      throw Missing(what: "\(key)")
    }
    return value
  }
  func at(_ key: String) throws -> StateValue { try at(.string(key)) }
  func at(_ key: Int) throws -> StateValue { try at(.int(key)) }

  var tensor: Tensor {
    get throws {
      guard case .tensor(let tensor) = self else { throw Missing(what: "tensor") }
      return tensor
    }
  }

  var keys: [String] {
    guard case .dict(let entries) = self else { return [] }
    return entries.entries.map { if case .string(let text) = $0.key { text } else { "\($0.key)" } }
  }

  /// As Python would print it, tensors by dtype, shape and numbers.
  var text: String {
    switch self {
    case .none: "None"
    case .bool(let flag): flag ? "True" : "False"
    case .int(let number): String(number)
    case .double(let number): number.description
    case .string(let text): text.quoted
    case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
    case .tuple(let items): "(" + items.map(\.text).joined(separator: ", ") + ")"
    case .dict(let entries):
      "{"
        + entries.entries.map { entry in
          let key = if case .string(let text) = entry.key { text.quoted } else { "\(entry.key)" }
          return "\(key): \(entry.value.text)"
        }.joined(separator: ", ") + "}"
    case .tensor(let tensor): "\(tensor.dtype)\(tensor.shape)\(tensor.numbers)"
    }
  }
}

extension Tensor {
  /// Every element as a double.
  var numbers: [Double] {
    switch dtype {
    case .float32: elements(of: Float.self).map { Double($0) }
    case .float64: elements(of: Double.self)
    case .int64: elements(of: Int64.self).map { Double($0) }
    case .int32: elements(of: Int32.self).map { Double($0) }
    case .uint8: elements(of: UInt8.self).map { Double($0) }
    case .bool: elements(of: Bool.self).map { $0 ? 1 : 0 }
    case .bfloat16:
      withUnsafeBytes { bytes in
        bytes.bindMemory(to: UInt16.self).map {
          Double(Float(bitPattern: UInt32($0) << 16))
        }
      }
    }
  }
}
