import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct MeanDiceTests {
  private func plane(_ values: [Float]) -> Tensor { Tensor(values, shape: [1, 2, 2]) }

  private func pair(_ prediction: Tensor, _ label: Tensor) -> Value {
    .tuple([.list([.object(TensorObject(prediction))]), .list([.object(TensorObject(label))])])
  }

  @Test func anAbsentClassHasNoValue() throws {
    let metric = DiceMetric(MeanDice(), threads: 1)
    try metric.update(pair(plane([1, 1, 0, 0]), plane([1, 0, 0, 0])), .quiet())
    try metric.update(pair(plane([1, 1, 0, 0]), plane([0, 0, 0, 0])), .quiet())
    let result = try metric.compute()
    #expect(abs(result.value - 2.0 / 3) < 1e-12)
    #expect(result.details?[0] == [2.0 / 3])
    #expect(result.details?[1].first?.isNaN == true)
  }

  @Test func meansOfTheReference() {
    let rows = [[0.8, 0.6667], [1.0, .nan]]
    #expect(abs(MetricReduction.mean.reduce(rows)[0] - 0.866667) < 1e-5)
    #expect(abs(MetricReduction.mean.reduce([[0.6667], [.nan]])[0] - 0.666667) < 1e-4)
    #expect(MetricReduction.mean.reduce([[.nan], [.nan]]) == [0])
  }

  @Test func otherValuesAreNotedOnce() throws {
    let sink = RecordingSink()
    let metric = DiceMetric(MeanDice(), threads: 1)
    for _ in 0..<2 {
      try metric.update(
        pair(plane([0.5, 1, 0, 0]), plane([1, 0, 0, 0])), .quiet(sink))
    }
    let text = sink.text(of: .note)
    #expect(text.components("MeanDice:") == 1)
  }

  @Test func shapesMustAgree() {
    let metric = DiceMetric(MeanDice(), threads: 1)
    let fault = #expect(throws: Fault.self) {
      try metric.update(pair(Tensor(zeros: [2, 2, 2]), plane([1, 0, 0, 0])), .quiet())
    }
    #expect(fault?.message == "prediction and label differ in shape")
  }

  @Test func anOutputThatIsNoPairSaysWhatToSet() {
    let metric = DiceMetric(MeanDice(), threads: 1)
    let fault = #expect(throws: Fault.self) { try metric.update(.list([]), .quiet()) }
    #expect(fault?.argument == ["output_transform"])
    #expect(fault?.remedy?.contains("from_engine(['pred', 'label'])") == true)
  }
}

extension String {
  /// How often `part` stands in the text.
  fileprivate func components(_ part: String) -> Int {
    var (count, rest) = (0, self[...])
    while let range = rest.firstRange(of: part) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
