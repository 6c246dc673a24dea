import Components
import Testing

@testable import Engine

@Suite struct TorchGeneratorTests {
  @Test func firstNumbersOfSeedZero() {
    #expect(TorchGenerator(seed: 0).int64() == 900_450_186_894_289_455)
    #expect(TorchGenerator(seed: 0).int32() == 209_652_396)
    #expect(TorchGenerator(seed: 0).permutation(10) == [4, 1, 7, 5, 3, 9, 0, 8, 6, 2])
    let uniform = TorchGenerator(seed: 0)
    let floats = (0..<4).map { _ in uniform.uniform() }
    #expect(
      zip(floats, [0.4962566, 0.7682218, 0.0884775, 0.1320305]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test(arguments: [0, 1, 623, 624, 625, 2000]) func bytesGoRoundAfter(draws: Int) throws {
    let generator = TorchGenerator(seed: 99)
    for _ in 0..<draws { _ = generator.random32() }
    _ = Tensor(shape: [3], of: Float.self) { generator.fillNormal($0) }
    let copy = TorchGenerator(try TorchGenerator.State(bytes: generator.state.bytes))
    #expect(copy.state == generator.state)
    #expect((0..<700).allSatisfy { _ in copy.random32() == generator.random32() })
  }

  @Test func damagedBytesAreRefused() {
    #expect(throws: Fault.self) { try TorchGenerator.State(bytes: [1, 2, 3]) }
    var bytes = TorchGenerator.State(seed: 1).bytes
    bytes[8] = 77
    #expect(throws: Fault.self) { try TorchGenerator.State(bytes: bytes) }
  }
}
