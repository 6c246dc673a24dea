import Components
import Testing

@testable import Engine

@Suite struct ConfusionTests {
  private func map(_ values: [Float], channels: Int = 1) -> Tensor {
    Tensor(values, shape: [channels, values.count / channels, 1])
  }

  @Test func rowsAreTrueClasses() throws {
    var confusion = Confusion()
    try confusion.add(prediction: map([0, 1, 2, 2]), label: map([0, 1, 1, 2]))
    #expect(confusion.counts == [[1, 0, 0], [0, 1, 1], [0, 0, 1]])
    try confusion.add(prediction: map([3]), label: map([0]))
    #expect(confusion.counts == [[1, 0, 0, 1], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]])
  }

  /// One-hot, scores and numbers mean the same; of equal scores the first counts, as argmax has it.
  @Test func channelsAreScores() throws {
    var (scores, numbers) = (Confusion(), Confusion())
    let label = map([1, 0, 0, 0, 1, 1], channels: 2)
    try scores.add(prediction: map([0.9, 0.5, 0.1, 0.2, 0.5, 0.3], channels: 2), label: label)
    try numbers.add(prediction: map([0, 0, 1]), label: map([0, 1, 1]))
    #expect(scores == numbers && scores.counts == [[1, 0], [1, 1]])
  }

  @Test func allChannelsAreClasses() throws {
    var confusion = Confusion()
    try confusion.add(prediction: map([1, 1, 0, 0, 0, 0], channels: 3), label: map([0, 0]))
    #expect(
      confusion.counts == [[2, 0, 0], [0, 0, 0], [0, 0, 0]], "also those that are nowhere")
  }

  @Test(arguments: [[0.5], [-1], [64], [.nan]] as [[Float]])
  func whatIsNoClassIsRefused(values: [Float]) {
    var confusion = Confusion()
    #expect(throws: Fault.self) {
      try confusion.add(prediction: map(values), label: map([0]))
    }
    #expect(confusion.counts.isEmpty)
  }

  @Test func theTwoMustLieOnEachOther() {
    var confusion = Confusion()
    let fault = #expect(throws: Fault.self) {
      try confusion.add(prediction: map([0, 1]), label: map([0]))
    }
    #expect(fault?.kind == .shape)
  }
}
