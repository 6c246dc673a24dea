import Testing

@testable import Engine

/// What is deflated in parts is one member that any reader takes.
@Suite struct GzipTests {
  private static func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 / 97 &* 31 &+ $0 % 5) }
  }

  @Test(arguments: [0, 1, 352, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_500_000])
  func comesBackWhatWentIn(count: Int) throws {
    let bytes = Self.bytes(count)
    let packed = try bytes.withUnsafeBytes { try Gzip.deflate($0, threads: 2) }
    let source = MemorySource(packed, path: "x.gz")
    let back = try Gzip.inflate(source, count: count)
    #expect(Array(back.bytes.prefix(count)) == bytes)
    // zlib's own reader, which goes on after a member: there is none.
    #expect(try Gzip.prefix(of: source, count: count + 10) == bytes)
  }

  /// What does not deflate grows by no more than there is room for.
  @Test func noiseComesBackToo() throws {
    var state: UInt64 = 7
    let bytes = (0..<2_300_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    let packed = try bytes.withUnsafeBytes { try Gzip.deflate($0, threads: 2) }
    #expect(packed.count < bytes.count + bytes.count / 100)
    let back = try Gzip.inflate(MemorySource(packed, path: "x.gz"), count: bytes.count)
    #expect(Array(back.bytes.prefix(bytes.count)) == bytes)
  }

  @Test func theNumberOfThreadsLeavesNoTrace() throws {
    let bytes = Self.bytes(2_500_000)
    let files = try [1, 2, 5].map { threads in
      try bytes.withUnsafeBytes { try Gzip.deflate($0, threads: threads) }
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }
}
