import Components
import Testing

@testable import Engine

@Suite struct RandomStateTests {
  @Test func firstNumbersOfSeedZero() {
    var state = RandomState(seed: 0)
    #expect(
      (0..<4).map { _ in state.word() } == [
        2_357_136_044, 2_546_248_239, 3_071_714_933, 3_626_093_760,
      ]
    )
    state = RandomState(seed: 0)
    let uniform = (0..<3).map { _ in state.uniform() }
    #expect(zip(uniform, [0.5488135, 0.7151894, 0.6027634]).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test func aSavedStateGoesOn() {
    var state = RandomState(seed: 7)
    _ = state.normal()
    var copy = RandomState(state.twister, pendingNormal: state.pendingNormal)
    #expect(copy.normal() == state.normal())
    #expect(copy.integer(below: 1000) == state.integer(below: 1000))
  }
}
