import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct SlidingWindowTests {
  private func inferer(_ arguments: ValueDictionary) throws -> SlidingWindows {
    SlidingWindows(try SlidingWindowInferer.make(arguments), .testing)
  }

  /// Sizes of semantics the reference was measured with.
  @Test(arguments: [
    (226, 160, 0.5, [0, 66]), (160, 160, 0.5, [0]), (320, 160, 0.5, [0, 80, 160]),
    (200, 160, 0.5, [0, 40]), (100, 32, 0.25, [0, 24, 48, 68]), (70, 32, 0.25, [0, 24, 38]),
    (50, 32, 0.25, [0, 18]), (9, 4, 0.9, [0, 1, 2, 3, 4, 5]),
  ])
  func starts(size: Int, window: Int, overlap: Double, starts: [Int]) {
    #expect(WindowPlan.starts(size: size, window: window, overlap: overlap) == starts)
  }

  @Test func windowsCountTheLastAxisFastest() throws {
    let plan = try WindowPlan(image: [320, 320, 200], roi: .one(160), overlap: 0.5)
    #expect(plan.starts.count == 18)
    #expect(Array(plan.starts.prefix(3)) == [[0, 0, 0], [0, 0, 40], [0, 80, 0]])
  }

  @Test(arguments: [4000, Int(Int32.max)])
  func windowsBeyondAllMemoryAreRefused(size: Int) throws {
    let fault = try #require(throws: Fault.self) {
      try WindowPlan(image: [40, 40, 40], roi: .one(size), overlap: 0.5)
    }
    #expect(fault.argument == ["roi_size"])
    // An image of any size is its own window.
    let whole = try WindowPlan(image: [4000, 4000, 4000], roi: .one(-1), overlap: 0.5)
    #expect(whole.starts.count == 1)
  }

  @Test func anIdentityNetworkGivesTheImageBack() throws {
    let image = Tensor((0..<420).map { Float($0) }, shape: [1, 1, 7, 6, 10])
    for mode in ["constant", "gaussian"] {
      let windows = try inferer([
        "roi_size": .list([.int(4), .int(8), .int(4)]), "sw_batch_size": .int(3),
        "mode": .string(mode),
      ])
      let result = try windows.infer(image) { $0 }
      #expect(result.shape == image.shape)
      let difference = zip(result.elements(of: Float.self), image.elements(of: Float.self))
        .map { abs($0 - $1) }
      #expect((difference.max() ?? 1) < 1e-3)
    }
  }

  @Test func groupsHoldAtMostTheBatchSize() throws {
    var groups: [Int] = []
    let windows = try inferer([
      "roi_size": .int(4), "sw_batch_size": .int(4), "overlap": .double(0),
    ])
    _ = try windows.infer(Tensor(zeros: [2, 1, 8, 12])) {
      groups.append($0.shape[0])
      return $0
    }
    #expect(groups == [4, 4, 4])
  }

  @Test func wrongSizesAreFaults() throws {
    let windows = try inferer(["roi_size": .list([.int(4), .int(4)])])
    let ranks = #expect(throws: Fault.self) {
      try windows.infer(Tensor(zeros: [1, 1, 8, 8, 8])) { $0 }
    }
    #expect(ranks?.argument == ["roi_size"])
    let output = #expect(throws: Fault.self) {
      try windows.infer(Tensor(zeros: [1, 1, 8, 8])) { _ in Tensor(zeros: [1, 1, 2, 2]) }
    }
    #expect(output?.message == "the network's output is not as large as its window")
    let overlap = #expect(throws: Fault.self) {
      try SlidingWindowInferer.make(["roi_size": .int(4), "overlap": .double(1)])
    }
    #expect(overlap?.argument == ["overlap"])
  }
}
