import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct MetricsParityTests {
  private static let context = CallContext(
    output: RecordingSink(), cancellation: Cancellation(), budget: StepBudget())

  /// What `from_engine(['pred', 'label'])` gives: a list of each.
  private func output(_ pairs: ArraySlice<(Tensor, Tensor)>) -> Value {
    .tuple([
      .list(pairs.map { .object(TensorObject($0.0)) }),
      .list(pairs.map { .object(TensorObject($0.1)) }),
    ])
  }

  private func pairs(_ f: ParityFixture, _ name: String) throws -> [(Tensor, Tensor)] {
    try (0..<4).map {
      (try f.image("\(name)/\($0)/pred"), try f.image("\(name)/\($0)/label"))
    }
  }

  @Test(
    arguments: ["two_classes", "three_classes", "nothing_there"], [true, false])
  func meanDice(name: String, background: Bool) throws {
    let f = try ParityFixture("metrics")
    let kind = "\(name)/\(background ? "with" : "without")_background"
    let pairs = try pairs(f, name)
    for batch in [1, 3] {
      var arguments = MeanDice()
      arguments.includeBackground = background
      let metric = DiceMetric(arguments, threads: 2)
      for start in stride(from: 0, to: 4, by: batch) {
        try metric.update(output(pairs[start..<min(start + batch, 4)]), Self.context)
      }
      let result = try metric.compute()
      #expect(abs(result.value - (try f.numbers("\(kind)/batch\(batch)/value"))[0]) <= 1e-6)
      guard batch == 1 else { continue }
      // The reference has 0 where a class is absent; see MeanDice.
      let raw = try f.numbers("\(kind)/raw")
      let details = (result.details ?? []).flatMap { $0 }
      #expect(details.count == raw.count)
      #expect(
        zip(details, raw).allSatisfy { abs(($0.isNaN ? 0 : $0) - $1) <= 1e-6 }, "\(kind)")
    }
  }

  @Test(
    arguments: ["two_classes", "three_classes", "nothing_there"],
    ["none", "mean", "sum", "mean_batch", "sum_batch", "mean_channel", "sum_channel"])
  func reductions(name: String, reduction: String) throws {
    let f = try ParityFixture("metrics")
    for background in [true, false] {
      let kind = "\(name)/\(background ? "with" : "without")_background/reduction/\(reduction)"
      var arguments = MeanDice()
      arguments.includeBackground = background
      arguments.reduction = try MetricReduction(argument: .string(reduction))
      let metric = DiceMetric(arguments, threads: 1)
      try metric.update(output(pairs(f, name)[...]), Self.context)
      let wanted = try f.numbers("\(kind)/value")
      let got = try metric.compute().values
      #expect(got.count == wanted.count, "\(kind)")
      #expect(
        zip(got, wanted).allSatisfy { ($0.isNaN && $1.isNaN) || abs($0 - $1) <= 1e-5 }, "\(kind)")
    }
  }

  @Test(arguments: ["two_classes", "three_classes", "nothing_there"])
  func accuracyOfOneHot(name: String) throws {
    let f = try ParityFixture("metrics")
    let metric = AccuracyMetric(Accuracy(), threads: 2)
    for pair in try pairs(f, name) { try metric.update(output([pair]), Self.context) }
    #expect(abs(try metric.compute().value - f.numbers("\(name)/accuracy")[0]) <= 1e-12)
  }

  @Test func accuracyOfClasses() throws {
    let f = try ParityFixture("metrics")
    let metric = AccuracyMetric(Accuracy(), threads: 2)
    try metric.update(output(pairs(f, "multiclass")[...]), Self.context)
    #expect(abs(try metric.compute().value - f.numbers("multiclass/accuracy")[0]) <= 1e-12)
  }

  @Test func accuracyRefusesOtherValues() throws {
    let metric = AccuracyMetric(Accuracy(), threads: 1)
    let ones = Tensor([Float](repeating: 1, count: 4), shape: [1, 2, 2])
    let twos = Tensor([Float](repeating: 2, count: 4), shape: [1, 2, 2])
    let fault = #expect(throws: Fault.self) {
      try metric.update(output([(ones, twos)]), Self.context)
    }
    #expect(fault?.message == "Accuracy compares 0 and 1, but the label holds other values")
    #expect(fault?.got == "2.0")
  }
}
