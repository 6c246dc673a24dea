import Components
import Testing

@testable import Engine

@Suite struct SafeTensorsTests {
  private static func file(_ header: String, _ data: [UInt8] = []) -> MemorySource {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(header.utf8.count))
    return MemorySource(bytes + Array(header.utf8) + data, path: "x.safetensors")
  }

  @Test func writtenFilesReadBackEqual() throws {
    let folder = try TemporaryFolder()
    var tensors = SafeTensors(metadata: ["note": "É \"x\""])
    for dtype in DType.allCases {
      let bytes = (0..<(6 * dtype.size)).map { UInt8($0 % 2) }
      tensors[dtype.rawValue] = Tensor(shape: [2, 3], dtype: dtype) { $0.copyBytes(from: bytes) }
    }
    tensors["scalar"] = Tensor(scalar: 2.5)
    tensors["empty"] = Tensor(zeros: [0, 4])
    let path = folder.file("a.safetensors")
    try tensors.write(to: path)
    let back = try SafeTensors.read(path)
    #expect(back.metadata == ["note": "É \"x\""])
    #expect(
      back.names == [
        "float64", "int64", "empty", "float32", "int32", "scalar", "bfloat16", "bool", "uint8",
      ])
    for name in back.names {
      #expect(
        back[name]?.dtype == tensors[name]?.dtype && back[name]?.shape == tensors[name]?.shape)
      #expect(back[name]?.numbers == tensors[name]?.numbers, "\(name)")
    }
    let bytes = try folder.read("a.safetensors")
    #expect((bytes.number(UInt64.self, at: 0) ?? 1) % 8 == 0)
  }

  @Test func narrowTypesAreWidened() throws {
    let header =
      #"{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"#
      + #""s":{"dtype":"I16","shape":[1],"data_offsets":[4,6]},"b":{"dtype":"I8","shape":[],"data_offsets":[6,7]}}"#
    let tensors = try SafeTensors.read(Self.file(header, [0, 0x3e, 0, 0xc0, 0xfe, 0xff, 0x80]))
    #expect(tensors["h"]?.numbers == [1.5, -2] && tensors["h"]?.dtype == .float32)
    #expect(tensors["s"]?.numbers == [-2] && tensors["b"]?.numbers == [-128])
  }

  @Test(arguments: [
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F8_E5M2","shape":[8],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"x":1}}"#,
    #" {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "[]", "{}", "", "{",
  ])
  func headersThatLieAreRefused(header: String) throws {
    #expect(throws: Fault.self) {
      try SafeTensors.read(Self.file(header, [0, 0, 0, 0, 0, 0, 0, 0]))
    }
  }

  @Test func truncationsAndHugeHeadersAreRefused() throws {
    let bytes = try Fixture.parityBytes("dice_loss.safetensors")
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: Fault.self) {
        try SafeTensors.read(MemorySource(Array(bytes[..<count]), path: "x"))
      }
    }
    #expect(throws: Fault.self) {
      try SafeTensors.read(MemorySource([UInt8](repeating: 0xff, count: 64), path: "x"))
    }
  }
}
