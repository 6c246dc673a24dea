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

  /// What came back lies free for the next, whatever its size, and neighbours join.
  @Test func holesAreFilledAndJoined() throws {
    let size = 1 << 20
    var arena = Arena()
    let blocks = try (0..<4).map { _ in try #require(taken(size, from: &arena)) }
    for (left, right) in zip(blocks, blocks.dropFirst()) { #expect(left + size == right) }
    for block in blocks[1...2] { #expect(given(block, size, to: &arena)) }
    #expect(taken(2 * size, from: &arena) == blocks[1])
    #expect(given(blocks[1], 2 * size, to: &arena))
    #expect(taken(size / 2, from: &arena) == blocks[1])
    #expect(taken(size / 2, from: &arena) == blocks[1] + size / 2)
    #expect(taken(size, from: &arena) == blocks[2])
    let foreign = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    defer { foreign.deallocate() }
    #expect(!given(foreign, 64, to: &arena))
  }

  @Test func whatComesBackInAnyOrderIsWhole() throws {
    var arena = Arena()
    var state: UInt64 = 3
    func draw(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    var held: [(start: UnsafeMutableRawPointer, size: Int)] = []
    let first = try #require(taken(4096, from: &arena))
    #expect(given(first, 4096, to: &arena))
    for _ in 0..<2000 {
      if held.isEmpty || draw(5) < 3 {
        let size = (1 + draw(9)) * 4096
        let start = try #require(taken(size, from: &arena))
        for other in held {
          #expect(start + size <= other.start || other.start + other.size <= start)
        }
        held.append((start, size))
      } else {
        let block = held.remove(at: draw(held.count))
        #expect(given(block.start, block.size, to: &arena))
      }
    }
    for block in held { #expect(given(block.start, block.size, to: &arena)) }
    #expect(taken(2000 * 9 * 4096, from: &arena) == first)
  }

  // The macros of expectations cannot call what changes a value.
  private func taken(_ size: Int, from arena: inout Arena) -> UnsafeMutableRawPointer? {
    arena.take(size)
  }
  private func given(
    _ block: UnsafeMutableRawPointer, _ size: Int, to arena: inout Arena
  ) -> Bool {
    arena.give(block, size)
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
