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

  @Test func theNumberOfThreadsLeavesNoTrace() throws {
    let bytes = Self.bytes(2_500_000)
    let files = try [1, 2, 5].map { threads in
      try bytes.withUnsafeBytes { try Gzip.deflate($0, threads: threads) }
    }
    #expect(files[0] == files[1] && files[0] == files[2])
  }
}
