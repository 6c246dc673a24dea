import Components
import Testing

@testable import Engine

/// Headers that lie and files that were damaged.
@Suite struct HostileNIfTITests {
  /// Changes some bytes of the plain image `type-i2.nii` (5×4×3, int16).
  private static func altered(_ changes: [(Int, [UInt8])]) throws -> MemorySource {
    var bytes = try Fixture.bytes("type-i2.nii")
    for (offset, new) in changes { bytes.replaceSubrange(offset..<(offset + new.count), with: new) }
    return MemorySource(bytes, path: "x.nii")
  }
  private static func i16(_ numbers: Int16...) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in numbers { bytes.append(littleEndian: number) }
    return bytes
  }
  private static func f32(_ numbers: Float...) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in numbers { bytes.append(littleEndian: number.bitPattern) }
    return bytes
  }

  struct Lie: Sendable, CustomStringConvertible {
    let what: String
    let changes: [(Int, [UInt8])]
    /// A part of the message.
    let says: String
    var description: String { what }
  }

  static let refused: [Lie] = [
    Lie(what: "rank 0", changes: [(40, i16(0))], says: "declares 0 dimensions"),
    Lie(what: "rank 8", changes: [(40, i16(8))], says: "declares 8 dimensions"),
    Lie(what: "rank -1", changes: [(40, i16(-1))], says: "declares -1 dimensions"),
    Lie(what: "size 0", changes: [(42, i16(0))], says: "the size [0, 4, 3]"),
    Lie(what: "negative size", changes: [(44, i16(-4))], says: "the size [5, -4, 3]"),
    Lie(
      what: "product overflows",
      changes: [(40, i16(7, 32767, 32767, 32767, 32767, 32767, 32767, 32767))],
      says: "declares the size"),
    Lie(what: "larger than the file", changes: [(42, i16(2000, 2000, 200))], says: "declares 16"),
    Lie(what: "one slice too many", changes: [(46, i16(4))], says: "declares 512"),
    Lie(what: "unknown type", changes: [(70, i16(3))], says: "the unknown data type 3"),
    Lie(what: "type 0", changes: [(70, i16(0))], says: "the unknown data type 0"),
    Lie(what: "colours", changes: [(70, i16(128))], says: "holds RGB colours"),
    Lie(what: "complex", changes: [(70, i16(32))], says: "holds complex numbers"),
    Lie(what: "wider type", changes: [(70, i16(64))], says: "declares 832"),
    Lie(what: "offset inside the header", changes: [(108, f32(100))], says: "begin at byte 100.0"),
    Lie(what: "offset 0", changes: [(108, f32(0))], says: "begin at byte 0.0"),
    Lie(what: "offset NaN", changes: [(108, f32(.nan))], says: "begin at byte nan"),
    Lie(what: "offset infinite", changes: [(108, f32(.infinity))], says: "begin at byte inf"),
    Lie(what: "offset negative", changes: [(108, f32(-352))], says: "begin at byte -352.0"),
    Lie(what: "offset between bytes", changes: [(108, f32(352.5))], says: "begin at byte 352.5"),
    Lie(what: "offset too far", changes: [(108, f32(3e9))], says: "it has 472 bytes"),
    Lie(what: "offset astronomic", changes: [(108, f32(3e38))], says: "cannot begin at byte"),
    Lie(what: "intercept NaN", changes: [(112, f32(2, .nan))], says: "scl_inter is nan"),
    Lie(what: "intercept infinite", changes: [(112, f32(2, .infinity))], says: "scl_inter is inf"),
    Lie(what: "no mark", changes: [(344, [0, 0, 0, 0])], says: "mark is missing"),
    Lie(what: "pair", changes: [(344, Array("ni1\0".utf8))], says: "second file"),
    Lie(what: "other size", changes: [(0, [0, 0, 0, 0])], says: "is not a NIfTI file"),
    Lie(what: "version 2 mark", changes: [(0, [0x1c, 2, 0, 0])], says: "it has 472 bytes"),
    Lie(
      what: "both forms NaN", changes: [(280, f32(.nan)), (256, f32(.nan))],
      says: "neither its sform nor its qform"),
    Lie(
      what: "sform zero, no qform",
      changes: [(252, i16(0)), (280, [UInt8](repeating: 0, count: 48))],
      says: "neither its sform nor its qform"),
    Lie(
      what: "sform singular, qform no rotation",
      changes: [(280, f32(1, 0, 0, 0, 1, 0, 0, 0)), (256, f32(2, 0, 0))],
      says: "neither its sform nor its qform"),
    Lie(
      what: "offset NaN in sform, negative spacing",
      changes: [(292, f32(.infinity)), (80, f32(-1))], says: "neither its sform nor its qform"),
  ]

  static let accepted: [Lie] = [
    Lie(what: "bitpix", changes: [(72, i16(7))], says: "bitpix is 7"),
    Lie(what: "sform NaN", changes: [(280, f32(.nan))], says: "the qform is used"),
    Lie(
      what: "sform zero", changes: [(280, [UInt8](repeating: 0, count: 48))],
      says: "the qform is used"),
    Lie(what: "qform NaN", changes: [(256, f32(.nan))], says: ""),
    Lie(what: "spacing NaN", changes: [(80, f32(.nan))], says: "its spacing"),
    Lie(what: "spacing 0", changes: [(80, f32(0))], says: "its spacing"),
    Lie(what: "spacing negative", changes: [(80, f32(-0.8))], says: "its spacing"),
    Lie(what: "no form, spacing 0", changes: [(252, i16(0, 0)), (80, f32(0))], says: "1 is used"),
    Lie(what: "slope 0", changes: [(112, f32(0, 5))], says: ""),
    Lie(what: "slope NaN", changes: [(112, f32(.nan, 5))], says: ""),
    Lie(what: "slope infinite", changes: [(112, f32(.infinity, 5))], says: ""),
    Lie(what: "extension flag", changes: [(348, [1, 0, 0, 0])], says: ""),
    Lie(what: "extension of absurd size", changes: [(348, [1, 0xff, 0xff, 0xff])], says: ""),
    Lie(
      what: "negative form codes", changes: [(252, i16(-1, -1))], says: "neither sform nor qform"),
  ]

  @Test(arguments: refused) func liesAreRefused(lie: Lie) throws {
    let fault = try #require(throws: Fault.self) { try NIfTI.read(Self.altered(lie.changes)) }
    #expect(fault.message.contains(lie.says), "\(fault.message)")
    #expect(fault.message.contains("x.nii"))
  }

  @Test(arguments: accepted) func smallDeviationsAreNoted(lie: Lie) throws {
    let (tensor, header) = try NIfTI.read(Self.altered(lie.changes))
    #expect(tensor.elements(of: Float.self).prefix(3) == [-90, -83, -76])
    #expect(header.affine.rows.joined().allSatisfy { $0.isFinite })
    if lie.says.isEmpty {
      #expect(header.notes == [])
    } else {
      #expect(header.notes.contains { $0.contains(lie.says) }, "\(header.notes)")
    }
  }

  @Test func aBombIsRefusedBeforeItInflates() throws {
    // 1.6 MB of zeros' worth of gzip that declares 2000 × 2000 × 200 doubles.
    var header = Array(try Fixture.bytes("type-i2.nii")[..<352])
    header.replaceSubrange(40..<48, with: Self.i16(3, 2000, 2000, 200))
    header.replaceSubrange(70..<72, with: Self.i16(64))
    let packed = try (header + [UInt8](repeating: 0, count: 1 << 20)).withUnsafeBytes {
      try Gzip.deflate($0, threads: 1)
    }
    let fault = try #require(throws: Fault.self) {
      try NIfTI.read(MemorySource(packed, path: "bomb.nii.gz"))
    }
    #expect(fault.message.contains("its header declares 6400000352 bytes"))
  }

  @Test func moreOrLessThanDeclaredIsRefused() throws {
    let plain = try Fixture.bytes("type-i2.nii")
    func read(_ bytes: [UInt8]) throws -> Tensor {
      let packed = try bytes.withUnsafeBytes { try Gzip.deflate($0, threads: 1) }
      return try NIfTI.read(MemorySource(packed, path: "x.nii.gz")).tensor
    }
    #expect(try read(plain).count == 60)
    #expect(try read(plain + [1, 2, 3]).count == 60, "a few bytes of padding are left out")
    #expect(throws: Fault.self) { try read(plain.dropLast()) }
    #expect(throws: Fault.self) { try read(plain + [UInt8](repeating: 0, count: 1 << 18)) }
    let packed = try Fixture.bytes("ras.nii.gz")
    #expect(try NIfTI.read(MemorySource(packed + [0, 0], path: "x")).tensor.count == 60)
    #expect(throws: Fault.self) { try NIfTI.read(MemorySource(packed + [7], path: "x")) }
  }

  @Test(arguments: ["ras.nii.gz", "members.nii.gz"])
  func everyFlippedBitIsDetectedOrHarmless(file: String) throws {
    let good = try Fixture.bytes(file)
    let expected = try NIfTI.read(MemorySource(good, path: file))
    var bytes = good
    var detected = 0
    for index in bytes.indices {
      for bit in 0..<8 {
        bytes[index] ^= 1 << bit
        do {
          let read = try NIfTI.read(MemorySource(bytes, path: file))
          #expect(read.header.affine == expected.header.affine)
          #expect(read.tensor.numbers == expected.tensor.numbers, "bit \(bit) of byte \(index)")
        } catch is Fault { detected += 1 }
        bytes[index] ^= 1 << bit
      }
    }
    #expect(detected > 8 * (bytes.count - 30))
  }

  @Test(arguments: ["ras.nii.gz", "type-i2.nii", "two.nii.gz", "two-big.nii"])
  func everyTruncationIsDetected(file: String) throws {
    let good = try Fixture.bytes(file)
    for count in good.indices {
      #expect(throws: Fault.self, "\(count) bytes") {
        try NIfTI.read(MemorySource(Array(good[..<count]), path: file))
      }
    }
  }

  @Test func randomHeadersNeverTrap() throws {
    let good = try Fixture.bytes("type-i2.nii")
    var random = RandomState(seed: 3)
    for _ in 0..<20_000 {
      var bytes = good
      for _ in 0...(random.word() % 6) {
        bytes[Int(random.word()) % 352] = UInt8(random.word() & 255)
      }
      do { _ = try NIfTI.read(MemorySource(bytes, path: "x.nii")) } catch is Fault {}
    }
  }
}
