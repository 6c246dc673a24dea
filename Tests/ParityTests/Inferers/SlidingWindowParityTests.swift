import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct SlidingWindowParityTests {
  /// 2·x + x² + Σ |i − (n−1)/2| / n over the spatial axes, x the first channel.
  private static func centred(_ input: Tensor) -> Tensor {
    let spatial = Array(input.shape.dropFirst(2))
    let (channels, voxels) = (input.shape[1], spatial.reduce(1, *))
    let strides = Tensor.strides(of: spatial)
    return input.withElements(of: Float.self) { source in
      Tensor(shape: [input.shape[0], 1] + spatial, of: Float.self) { target in
        for index in target.indices {
          let (item, voxel) = (index / voxels, index % voxels)
          let x = source[item * channels * voxels + voxel]
          var sum = x * 2 + x * x
          for (axis, size) in spatial.enumerated() {
            let place = Float(voxel / strides[axis] % size)
            sum += abs(place - Float(size - 1) / 2) / Float(size)
          }
          target[index] = sum
        }
      }
    }
  }

  private static func threeChannels(_ input: Tensor) -> Tensor {
    let y = centred(input)
    let voxels = y.shape.dropFirst(2).reduce(1, *)
    let channels = input.shape[1]
    let (a, x) = (y.elements(of: Float.self), input.elements(of: Float.self))
    var result: [Float] = []
    for item in 0..<input.shape[0] {
      let values = a[item * voxels..<(item + 1) * voxels]
      let first = item * channels * voxels
      result += values
      result += values.map { $0 * $0 - 1 }
      result += x[first..<first + voxels].map { 0.5 * $0 }
    }
    return Tensor(result, shape: [input.shape[0], 3] + y.shape.dropFirst(2))
  }

  private func inferer(
    _ f: ParityFixture, _ name: String, _ change: (inout SlidingWindowInferer) -> Void
  ) throws -> SlidingWindows {
    guard case .dict(let arguments) = try f.value("run/\(name)") else {
      throw MissingFixture(name)
    }
    var inferer = try SlidingWindowInferer.make(arguments)
    change(&inferer)
    return SlidingWindows(inferer, .testing)
  }

  @Test(
    arguments: ["exact", "odd", "padded", "padded_all", "batch", "whole", "flat"],
    [Blending.constant, .gaussian])
  func runs(name: String, mode: Blending) throws {
    let f = try ParityFixture("sliding_window")
    let inferer = try inferer(f, name) { $0.mode = mode }
    let input = try f.image("run/\(name)/input")
    expectClose(
      try inferer.infer(input, with: Self.centred),
      try f.image("run/\(name)/\(mode.rawValue)/centred"), name)
    expectClose(
      try inferer.infer(input, with: Self.threeChannels),
      try f.image("run/\(name)/\(mode.rawValue)/three_channels"), name)
  }

  @Test(arguments: [(PadMode.constant, -1.5), (.replicate, 0.0), (.reflect, 0.0)])
  func padding(mode: PadMode, value: Double) throws {
    let f = try ParityFixture("sliding_window")
    let inferer = try inferer(f, "padded") { ($0.paddingMode, $0.cval) = (mode, value) }
    expectClose(
      try inferer.infer(f.image("run/padded/input"), with: Self.centred),
      try f.image("run/padded/\(mode.rawValue)_\(value)"), "\(mode)")
  }

  @Test func importanceMaps() throws {
    let f = try ParityFixture("sliding_window")
    let maps = f.names.filter { $0.hasPrefix("map/gaussian/") }
    #expect(maps.count == 16)
    for name in maps {
      let scale = Double(name.split(separator: "/")[3]) ?? 0
      let wanted = try f.image(name)
      expectClose(
        ImportanceMap.make(
          wanted.shape, .gaussian, sigmaScale: Array(repeating: scale, count: wanted.rank)),
        wanted, tolerance: 1e-6, name)
    }
  }

  @Test(arguments: ["wide", "spleen", "quarter", "none", "dense", "flat"])
  func starts(name: String) throws {
    let f = try ParityFixture("sliding_window")
    guard case .dict(let case_) = try f.value("starts/\(name)"), let image = case_["image"],
      let roi = case_["roi"], let overlap = case_["overlap"]
    else { throw MissingFixture(name) }
    let plan = try WindowPlan(
      image: [Int](argument: image), roi: .many([Int](argument: roi)),
      overlap: Double(argument: overlap))
    #expect(try f.integers("starts/\(name)") == plan.starts.flatMap { $0 })
  }
}
