import Components
import Testing

@testable import Engine

/// What PIL read from one of the fixture pictures.
struct ReferencePicture: Sendable, CustomStringConvertible {
  let name: String
  let shape: [Int]
  let weightedSum: Double
  var description: String { name }

  static let all: [ReferencePicture] = {
    guard let bytes = try? Fixture.bytes("pictures.txt") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t")
      return ReferencePicture(
        name: String(fields[0]), shape: fields[1].split(separator: "x").compactMap { Int($0) },
        weightedSum: Double(fields[2]) ?? .nan)
    }
  }()
}

@Suite struct PNGTests {
  @Test func allFixturesAreThere() { #expect(ReferencePicture.all.count == 28) }

  @Test(arguments: ReferencePicture.all) func readsAsPIL(picture: ReferencePicture) throws {
    let (tensor, metadata) = try ImageFile.read(Fixture.path(picture.name))
    #expect(tensor.shape == picture.shape)
    let sum = tensor.elements(of: Float.self).enumerated().reduce(0.0) {
      $0 + Double($1.1) * Double($1.0 % 97 + 1)
    }
    #expect(sum == picture.weightedSum)
    #expect(metadata.spatialShape == [11, 9])
    #expect(metadata.originalChannelAxis == (picture.shape.count == 3 ? 2 : nil))
    #expect(metadata.affine == .identity)
    #expect(try ImageFile.readHeader(Fixture.path(picture.name)).shape == picture.shape)
  }

  @Test func writtenPicturesReadBackEqual() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.png")
    let gray = Tensor((0..<35).map { UInt8($0 * 7) }, shape: [7, 5])
    try PNG.write(gray, to: path)
    #expect(try ImageFile.read(path).tensor.numbers == gray.numbers)
    let colour = Tensor((0..<42).map { Float($0) * 8 - 20.4 }, shape: [2, 7, 3])
    try PNG.write(colour, to: path)
    let expected = colour.numbers.map { min(max($0.rounded(), 0), 255) }
    #expect(try ImageFile.read(path).tensor.numbers == expected)
    #expect(throws: Fault.self) { try PNG.bytes(of: Tensor(zeros: [3])) }
    #expect(throws: Fault.self) { try PNG.bytes(of: Tensor(zeros: [3, 3, 2])) }
    #expect(throws: Fault.self) { try PNG.bytes(of: Tensor(zeros: [3, 3], dtype: .int64)) }
  }

  @Test(arguments: ["picture-2-8-1.png", "picture-3-2-0.png"])
  func everyFlippedBitIsDetected(file: String) throws {
    var bytes = try Fixture.bytes(file)
    for index in bytes.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        #expect(throws: Fault.self, "bit \(bit) of byte \(index)") {
          try PNG.read(MemorySource(bytes, path: file))
        }
        bytes[index] ^= 1 << bit
      }
    }
  }

  @Test func truncationsAndBombsAreRefused() throws {
    let good = try Fixture.bytes("picture-0-16-1.png")
    for count in good.indices {
      #expect(throws: Fault.self) { try PNG.read(MemorySource(Array(good[..<count]), path: "x")) }
    }
    // 2^31 - 1 pixels on each side, with a right checksum.
    var header: [UInt8] = [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 16, 6, 0, 0, 0]
    for interlaced in 0...1 {
      header[12] = UInt8(interlaced)
      var crc: UInt32 = 0xffff_ffff
      for byte in Array("IHDR".utf8) + header {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
      }
      var bomb = Array(good[..<16]) + header
      bomb.append(littleEndian: (~crc).byteSwapped)
      bomb += good[33...]
      let fault = try #require(throws: Fault.self) {
        try PNG.read(MemorySource(bomb, path: "x.png"))
      }
      #expect(fault.message.contains("2147483647 × 2147483647 pixels"), "\(fault.message)")
    }
  }
}
