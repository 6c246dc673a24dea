import CKernels
import Components
import Synchronization

/// The share of equal elements.
///
/// With labels of the prediction's rank both must hold 0 and 1 only, and every element counts, each
/// one-hot channel too; with labels of one axis fewer the largest channel is compared with the
/// label; with `is_multilabel` a place counts when all its channels agree.
/// Source: `ignite.metrics.Accuracy` 0.4.8.
public struct Accuracy: MetricArguments {
  public var outputTransform: FunctionArgument?
  public var isMultilabel = false
  public var device: String?
  public var logLabel: String?
  public var isKeyMetric = false

  public init() {}

  public static var kind: ComponentKind { .metric }

  public static let schema = Schema<Self>(
    "Accuracy", "Share of elements that agree.",
    .optional("output_transform", \.outputTransform, "Takes prediction and label from the output."),
    .optional("is_multilabel", \.isMultilabel, "A place counts when all its channels agree."),
    .optional("device", \.device, "Counting is done in main memory, whatever it says."),
    .attribute("log_label", \.logLabel, "Name of the metric in logs and files."),
    .attribute("is_key_metric", \.isKeyMetric, "In 4.0 configs: the metric that picks the best."))

  public func build(_ context: RunContext) throws -> any Object {
    AccuracyMetric(self, threads: context.threads)
  }

  public func preview(prediction: TensorSpec, label: TensorSpec) throws(Fault) {
    if label.shape.count == prediction.shape.count, label.fits(prediction) {
      guard isMultilabel, label.shape.count > 1, label.shape[1] == 1 else { return }
      throw Fault(
        .shape, "is_multilabel needs more than one channel", got: label.text,
        argument: ["is_multilabel"])
    }
    let withoutClasses = TensorSpec(
      shape: Array(prediction.shape.prefix(1) + prediction.shape.dropFirst(2)))
    if label.fits(withoutClasses) { return }
    throw Fault(
      .shape, "prediction and label do not go together", got: "label \(label.text)",
      wanted: "\(prediction.text), or \(withoutClasses.text) with class numbers")
  }
}

/// The live form of `Accuracy`.
public final class AccuracyMetric: Metric {
  /// What is compared; one epoch may not mix two of them.
  private enum Mode: Equatable {
    case binary
    case multiclass(Int)
    case multilabel(Int)

    var text: String {
      switch self {
      case .binary: "labels of 0 and 1"
      case .multiclass(let count): "\(count) classes"
      case .multilabel(let count): "\(count) labels a place"
      }
    }
  }

  private struct State {
    var correct = 0
    var seen = 0
    var mode: Mode?
  }

  private let arguments: Accuracy
  private let threads: Int
  private let state = Mutex(State())

  public init(_ arguments: Accuracy, threads: Int) {
    (self.arguments, self.threads) = (arguments, threads)
  }

  public var kind: String { "Accuracy" }
  public var summary: String { "Accuracy, \(state.withLock { $0.seen }) elements so far" }

  public func reset() { state.withLock { $0 = State() } }

  public func update(_ output: Value, _ context: CallContext) throws {
    let input = try MetricPairs(
      output, through: arguments.outputTransform, metric: "Accuracy", context)
    for (prediction, label) in input.pairs {
      let mode = try mode(prediction, label)
      let counted = try count(prediction, label, mode)
      let before = state.withLock { state in
        defer { state.mode = state.mode ?? mode }
        return state.mode
      }
      if let before, before != mode {
        throw Fault(
          .data, "Accuracy cannot mix outputs of different kinds", got: mode.text,
          wanted: before.text)
      }
      state.withLock { state in
        state.correct += counted.correct
        state.seen += counted.seen
      }
    }
  }

  public func compute() throws -> MetricResult {
    let (correct, seen) = state.withLock { ($0.correct, $0.seen) }
    guard seen > 0 else {
      throw Fault(.data, "Accuracy has seen nothing", remedy: "validate on at least one case")
    }
    return MetricResult(value: Double(correct) / Double(seen))
  }

  private func mode(_ prediction: Tensor, _ label: Tensor) throws(Fault) -> Mode {
    let (p, y) = (prediction.shape, label.shape)
    try arguments.preview(prediction: TensorSpec(shape: p), label: TensorSpec(shape: y))
    if y.count < p.count { return p[1] == 1 ? .binary : .multiclass(p[1]) }
    return arguments.isMultilabel && y.count > 1 ? .multilabel(y[1]) : .binary
  }

  private func count(
    _ prediction: Tensor, _ label: Tensor, _ mode: Mode
  ) throws(Fault) -> (correct: Int, seen: Int) {
    switch mode {
    case .binary:
      let (equal, binary) = Self.equal(prediction, label)
      if !binary.label { throw Self.notBinary("label", label) }
      if !binary.prediction { throw Self.notBinary("prediction", prediction) }
      return (equal, label.count)
    case .multiclass(let classes):
      let chosen = try Tensor.stacked(
        prediction.unstacked().map { item in
          item.mappedPlanes(channels: 1, threads: threads) {
            etude_argmax($0, classes, $2, $3.lowerBound, $3.upperBound, $1)
          }
        })
      return (Self.equal(chosen, label).equal, label.count)
    case .multilabel(let labels):
      if !Self.equal(prediction, label).binary.label { throw Self.notBinary("label", label) }
      if !Self.equal(prediction, label).binary.prediction {
        throw Self.notBinary("prediction", prediction)
      }
      let places = label.shape.dropFirst(2).reduce(1, *)
      let correct = zip(prediction.unstacked(), label.unstacked()).reduce(0) {
        $0 + Self.agreeing($1.0, $1.1, labels, places)
      }
      return (correct, label.shape[0] * places)
    }
  }

  private static func equal(
    _ prediction: Tensor, _ label: Tensor
  ) -> (equal: Int, binary: (prediction: Bool, label: Bool)) {
    prediction.withElements(of: Float.self) { predictions in
      label.withElements(of: Float.self) { labels in
        guard let p = predictions.baseAddress, let y = labels.baseAddress else {
          return (0, (true, true))
        }
        var (first, second): (Int32, Int32) = (1, 1)
        let equal = etude_count_equal(p, y, labels.count, &first, &second)
        return (Int(equal), (first != 0, second != 0))
      }
    }
  }

  /// Places of one item where all channels agree.
  private static func agreeing(
    _ prediction: Tensor, _ label: Tensor, _ labels: Int, _ places: Int
  ) -> Int {
    prediction.withElements(of: Float.self) { p in
      label.withElements(of: Float.self) { y in
        (0..<places).count { place in
          (0..<labels).allSatisfy { p[$0 * places + place] == y[$0 * places + place] }
        }
      }
    }
  }

  private static func notBinary(_ what: String, _ tensor: Tensor) -> Fault {
    let odd = tensor.withElements(of: Float.self) { $0.first { $0 != 0 && $0 != 1 } }
    return Fault(
      .data, "Accuracy compares 0 and 1, but the \(what) holds other values",
      got: odd.map { "\($0)" }, wanted: "0 and 1",
      remedy: "give AsDiscreted to_onehot (several classes) or threshold for it")
  }
}

extension AccuracyMetric: ResumableMetric {
  public func gathered() -> StateValue {
    let (correct, seen) = state.withLock { ($0.correct, $0.seen) }
    return .dict(StateDictionary([("correct", .int(correct)), ("seen", .int(seen))]))
  }

  /// Which kind of output was seen is found out again from the next one.
  public func adopt(gathered: StateValue) throws {
    let saved = try gathered.dictionary("Accuracy")
    let (correct, seen) = (try saved.int("correct"), try saved.int("seen"))
    state.withLock { $0 = State(correct: correct, seen: seen) }
  }
}
