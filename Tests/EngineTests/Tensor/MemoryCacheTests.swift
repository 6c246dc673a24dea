import Testing

@testable import Engine

@Suite struct MemoryCacheTests {
  @Test(arguments: [0, 1, 64, 1000, 16_384, 100_000, 14_155_776])
  func roundsUpByAtMostAnEighth(byteCount: Int) {
    let capacity = MemoryCache.roundedUp(byteCount)
    #expect(capacity >= byteCount)
    #expect(capacity % MemoryCache.alignment == 0)
    #expect(capacity - byteCount <= max(MemoryCache.alignment, byteCount / 8))
  }

  @Test func alignsEveryBlock() {
    let storages = (0..<64).map { Storage(byteCount: $0 * 7919) }
    for storage in storages {
      let address = UInt(bitPattern: storage.bytes.baseAddress)
      #expect(address % UInt(MemoryCache.alignment) == 0)
    }
  }

  @Test func servesManyThreads() async {
    await withTaskGroup(of: Bool.self) { group in
      for worker in 0..<8 {
        group.addTask {
          (0..<200).allSatisfy { round in
            let storage = Storage(byteCount: 20_000 + round * 512)
            let mark = UInt8(truncatingIfNeeded: worker * 31 + round)
            storage.bytes.initializeMemory(as: UInt8.self, repeating: mark)
            return storage.bytes.allSatisfy { $0 == mark }
          }
        }
      }
      for await intact in group { #expect(intact) }
    }
  }
}
