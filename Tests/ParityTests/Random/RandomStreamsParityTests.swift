import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct RandomStreamsParityTests {
  static let seeds: [UInt32] = [0, 1, 42]

  @Test(arguments: seeds) func numpyStreams(seed: UInt32) throws {
    let f = try ParityFixture("random_streams")
    var state = RandomState(seed: seed)
    #expect(
      try f.integers("numpy/\(seed)/uint32") == (0..<1300).map { _ in Int(state.word()) })
    for name in f.names where name.hasPrefix("numpy/\(seed)/randint/") {
      guard let count = Int(name.split(separator: "/").last ?? "") else { continue }
      state = RandomState(seed: seed)
      #expect(
        try f.integers(name) == (0..<32).map { _ in state.integer(below: count) }, "\(name)")
    }
    state = RandomState(seed: seed)
    #expect(
      try f.integers("numpy/\(seed)/randint/3..17")
        == (0..<32).map { _ in state.integer(in: 3..<17) })
    state = RandomState(seed: seed)
    #expect(try f.numbers("numpy/\(seed)/rand") == (0..<64).map { _ in state.uniform() })
    state = RandomState(seed: seed)
    #expect(
      try f.numbers("numpy/\(seed)/uniform_-0.1_0.1")
        == (0..<16).map { _ in state.uniform(-0.1, 0.1) })
    for count in [1, 2, 5, 10, 100] {
      state = RandomState(seed: seed)
      #expect(
        try f.integers("numpy/\(seed)/permutation/\(count)") == state.permutation(count))
    }
    state = RandomState(seed: seed)
    var order = Array(0..<10)
    state.shuffle(&order)
    #expect(try f.integers("numpy/\(seed)/shuffle/10") == order)
    state = RandomState(seed: seed)
    #expect(
      try f.integers("numpy/\(seed)/choice/10_of_4") == state.choice(of: 10, picks: 4))
  }

  @Test(arguments: seeds) func numpyNormals(seed: UInt32) throws {
    let f = try ParityFixture("random_streams")
    for (name, mean, deviation) in [("normal_0_1", 0.0, 1.0), ("normal_2_0.5", 2.0, 0.5)] {
      var state = RandomState(seed: seed)
      for wanted in try f.numbers("numpy/\(seed)/\(name)") {
        #expect(abs(state.normal(mean, deviation) - wanted) <= 1e-14)
      }
    }
  }

  @Test(arguments: seeds) func numpyCallsFollowEachOther(seed: UInt32) throws {
    let wanted = try ParityFixture("random_streams").numbers("numpy/\(seed)/mixed")
    var state = RandomState(seed: seed)
    var got: [Double] = []
    for _ in 0..<4 {
      got.append(state.uniform())
      got.append(Double(state.integer(below: 1)))
      got.append(Double(state.integer(below: 1000)))
      got.append(Double(state.word()))
      got.append(state.uniform(-2, 3))
      got.append(state.normal())
      got.append(Double(state.integer(below: 1 << 33)))
      got.append(state.uniform())
      got.append(state.normal())
    }
    #expect(zip(got, wanted).allSatisfy { abs($0 - $1) <= 1e-14 * max(1, abs($1)) })
    #expect(got.count == wanted.count)
  }

  @Test(arguments: seeds) func torchFloats(seed: UInt32) throws {
    let f = try ParityFixture("random_streams")
    for count in [1, 4, 15, 16, 17, 40, 1300] {
      let wanted = try f.image("torch/\(seed)/rand/\(count)")
      let got = Tensor(shape: [count], of: Float.self) {
        TorchGenerator(seed: UInt64(seed)).fillUniform($0)
      }
      #expect(got.elements(of: Float.self) == wanted.elements(of: Float.self))
    }
    for count in [1, 4, 15, 16, 17, 40] {
      let wanted = try f.image("torch/\(seed)/randn/\(count)")
      let got = Tensor(shape: [count], of: Float.self) {
        TorchGenerator(seed: UInt64(seed)).fillNormal($0)
      }
      expectClose(got, wanted, tolerance: 1e-6, "randn of \(count)")
    }
    let range = Tensor(shape: [20], of: Float.self) {
      TorchGenerator(seed: UInt64(seed)).fillUniform($0, from: -0.1, to: 0.1)
    }
    #expect(
      range.elements(of: Float.self)
        == (try f.image("torch/\(seed)/uniform_-0.1_0.1")).elements(of: Float.self))
    for count in [5, 20] {
      let got = Tensor(shape: [count], of: Float.self) {
        TorchGenerator(seed: UInt64(seed)).fillNormal($0, mean: 2, deviation: 0.5)
      }
      expectClose(got, try f.image("torch/\(seed)/normal_2_0.5/\(count)"), tolerance: 1e-6)
    }
  }

  @Test(arguments: seeds) func torchIntegers(seed: UInt32) throws {
    let f = try ParityFixture("random_streams")
    for count in [1, 2, 3, 10, 17, 100, 1000] {
      #expect(
        try f.integers("torch/\(seed)/randperm/\(count)")
          == TorchGenerator(seed: UInt64(seed)).permutation(count))
    }
    var generator = TorchGenerator(seed: UInt64(seed))
    #expect(
      try f.integers("torch/\(seed)/random_int64") == (0..<8).map { _ in Int(generator.int64()) })
    generator = TorchGenerator(seed: UInt64(seed))
    #expect(
      try f.integers("torch/\(seed)/random_int32") == (0..<8).map { _ in Int(generator.int32()) })
    generator = TorchGenerator(seed: UInt64(seed))
    #expect(
      try f.integers("torch/\(seed)/randint/10")
        == (0..<16).map { _ in generator.integer(in: 0..<10) })
    generator = TorchGenerator(seed: UInt64(seed))
    #expect(
      try f.integers("torch/\(seed)/randint/2**40")
        == (0..<16).map { _ in generator.integer(in: 0..<1 << 40) })
  }

  @Test(arguments: seeds) func torchCallsFollowEachOther(seed: UInt32) throws {
    let wanted = try ParityFixture("random_streams").numbers("torch/\(seed)/mixed")
    let generator = TorchGenerator(seed: UInt64(seed))
    func floats(_ count: Int, _ fill: (UnsafeMutableBufferPointer<Float>) -> Void) -> [Double] {
      Tensor(shape: [count], of: Float.self, initializing: fill).elements(of: Float.self)
        .map(Double.init)
    }
    var got = floats(3) { generator.fillUniform($0) }
    got += floats(3) { generator.fillNormal($0) }
    got += floats(3) { generator.fillNormal($0) }
    got.append(Double(generator.int64()))
    got += floats(2) { generator.fillUniform($0) }
    got += floats(1) { generator.fillNormal($0) }
    got += floats(16) { generator.fillNormal($0) }
    got += floats(1) { generator.fillNormal($0) }
    got.append(Double(generator.int32()))
    got += generator.permutation(4).map(Double.init)
    got += floats(2) { generator.fillUniform($0, from: -1, to: 1) }
    #expect(got.count == wanted.count)
    #expect(zip(got, wanted).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
  }
}
