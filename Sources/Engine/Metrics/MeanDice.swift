import CKernels
import Components
import Synchronization

/// Dice's overlap 2·|p ∩ y| / (|p| + |y|) per item and class, then averaged.
///
/// A class that a label lacks has no value (NaN): the mean passes over it. Averages run over the
/// classes of an item first, then over items that have a value; 0 when there are none.
/// Source: `monai.handlers.MeanDice` 0.8.1. There the reduction writes 0 over the NaNs of
/// `metric_details`; here they stay NaN.
public struct MeanDice: MetricArguments {
  public var includeBackground = true
  public var reduction = MetricReduction.mean
  public var outputTransform: FunctionArgument?
  public var saveDetails = true
  public var logLabel: String?
  public var isKeyMetric = false

  public init() {}

  public static var kind: ComponentKind { .metric }

  public static let schema = Schema<Self>(
    "MeanDice", "Mean Dice overlap of predictions and labels.",
    .optional("include_background", \.includeBackground, "Count channel 0 as well."),
    .optional("reduction", \.reduction, "How items and classes become one number."),
    .optional("output_transform", \.outputTransform, "Takes prediction and label from the output."),
    .optional("save_details", \.saveDetails, "Keep the values of every item and class."),
    .attribute("log_label", \.logLabel, "Name of the metric in logs and files."),
    .attribute("is_key_metric", \.isKeyMetric, "In 4.0 configs: the metric that picks the best."))

  public func build(_ context: RunContext) throws -> any Object {
    DiceMetric(self, threads: context.threads)
  }

  public func preview(prediction: TensorSpec, label: TensorSpec) throws(Fault) {
    guard prediction.shape.count >= 3 else {
      throw Fault(
        .shape, "MeanDice needs images with channels", got: prediction.text,
        wanted: "[N, classes, spatial…]")
    }
    if label.fits(prediction) { return }
    throw Fault(
      .shape, "prediction and label differ in shape", got: "label \(label.text)",
      wanted: prediction.text,
      remedy: "give AsDiscreted to_onehot for the label, or Invertd for the prediction")
  }
}

/// The live form of `MeanDice`.
public final class DiceMetric: Metric {
  private struct State {
    var rows: [[Double]] = []
    var classes = 0
    var hasWarned = false
  }

  private let arguments: MeanDice
  private let threads: Int
  private let state = Mutex(State())
  /// Voxels that one thread takes at a time.
  private static let block = 1 << 19

  public init(_ arguments: MeanDice, threads: Int) {
    (self.arguments, self.threads) = (arguments, threads)
  }

  public var kind: String { "MeanDice" }
  public var summary: String { "MeanDice, \(state.withLock { $0.rows.count }) items so far" }

  public func reset() { state.withLock { $0 = State() } }

  public func update(_ output: Value, _ context: CallContext) throws {
    let input = try MetricPairs(
      output, through: arguments.outputTransform, metric: "MeanDice", context)
    for (prediction, label) in input.pairs {
      let (rows, isBinary) = try rows(prediction, label)
      let warns = state.withLock { state in
        state.rows += rows
        let warns = !isBinary && !state.hasWarned
        if warns { state.hasWarned = true }
        return warns
      }
      if warns {
        context.output.write(
          "MeanDice: prediction or label is not 0 and 1 only; put AsDiscreted before it", to: .note)
      }
    }
  }

  public func compute() throws -> MetricResult {
    let rows = state.withLock { $0.rows }
    guard !rows.isEmpty else {
      throw Fault(.data, "MeanDice has seen no item", remedy: "validate on at least one case")
    }
    let values = arguments.reduction.reduce(rows)
    let first = arguments.includeBackground ? 0 : 1
    return MetricResult(
      value: values.count == 1 ? values[0] : .nan, values: values,
      details: arguments.saveDetails ? rows : nil,
      classNames: rows[0].indices.map { "class\($0 + first)" })
  }

  /// One row an item of the batch.
  private func rows(
    _ prediction: Tensor, _ label: Tensor
  ) throws(Fault) -> (rows: [[Double]], isBinary: Bool) {
    try arguments.preview(
      prediction: TensorSpec(shape: prediction.shape), label: TensorSpec(shape: label.shape))
    let (items, channels) = (prediction.shape[0], prediction.shape[1])
    let voxels = prediction.shape.dropFirst(2).reduce(1, *)
    let first = arguments.includeBackground || channels == 1 ? 0 : 1
    // Stretches of the planes that count; sums of whole numbers are exact in any order.
    let wanted = (0..<items * channels).filter { $0 % channels >= first }
    let blocks = wanted.flatMap { plane in
      stride(from: 0, to: voxels, by: Self.block).map { start in
        plane * voxels + start..<plane * voxels + min(start + Self.block, voxels)
      }
    }
    var sums = [etude_overlap](repeating: etude_overlap(), count: blocks.count)
    prediction.withElements(of: Float.self) { predictions in
      label.withElements(of: Float.self) { labels in
        sums.withUnsafeMutableBufferPointer { sums in
          guard let p = predictions.baseAddress, let y = labels.baseAddress else { return }
          parallelFor(blocks.count, threads: threads) { part in
            for index in part {
              let block = blocks[index]
              etude_overlap_sums(
                p + block.lowerBound, y + block.lowerBound, block.count, &sums[index])
            }
          }
        }
      }
    }
    var isBinary = true
    let rows = (0..<items).map { item in
      (first..<channels).map { channel in
        let plane = item * channels + channel
        let parts = zip(blocks, sums).filter { $0.0.lowerBound / max(voxels, 1) == plane }.map(\.1)
        isBinary =
          isBinary && parts.allSatisfy { $0.binary_prediction != 0 && $0.binary_label != 0 }
        let label = parts.reduce(0) { $0 + $1.label }
        let both = parts.reduce(0) { $0 + $1.both }
        let prediction = parts.reduce(0) { $0 + $1.prediction }
        return label > 0 ? 2 * both / (label + prediction) : .nan
      }
    }
    return (rows, isBinary)
  }
}

extension DiceMetric: ResumableMetric {
  public func gathered() -> StateValue {
    let (rows, hasWarned) = state.withLock { ($0.rows, $0.hasWarned) }
    let columns = rows.first?.count ?? 0
    return .dict(
      StateDictionary([
        ("rows", .tensor(Tensor(rows.flatMap { $0 }, shape: [rows.count, columns]))),
        ("has_warned", .bool(hasWarned)),
      ]))
  }

  public func adopt(gathered: StateValue) throws {
    let saved = try gathered.dictionary("MeanDice")
    guard case .tensor(let table) = try saved.required("rows"), table.rank == 2,
      table.dtype == .float64
    else { throw StateValue.damaged("rows") }
    let rows = table.unstacked().map { $0.elements(of: Double.self) }
    let hasWarned = try saved.bool("has_warned")
    state.withLock { ($0.rows, $0.hasWarned) = (rows, hasWarned) }
  }
}
