import Components
import Engine
import Script

/// What an engine's iteration would leave, with descriptions in the place of tensors: an
/// `output_transform` can be asked what it takes out of it.
final class SpecOutput: HasIndex {
  private let item: SampleSpec

  init(_ item: SampleSpec) { self.item = item }

  var kind: String { "sample" }
  var summary: String { "sample" }
  var count: Int? { nil }

  func element(at index: Value) throws -> Value {
    guard case .string(let key) = index else { throw Unknowable() }
    if let spec = item.tensors[key] { return .object(DescribedTensor(spec)) }
    if item.values[key] != nil || key.hasSuffix("_meta_dict") || key == "loss" {
      throw Unknowable()
    }
    throw Fault.unknown("entry of the output", key, among: Array(item.tensors.keys))
  }

  /// The prediction and the label that a metric would get, with a batch axis of one in front; nil when
  /// the transform gives something else.
  func pair(
    through transform: FunctionArgument?, _ subject: CheckSubject
  ) throws -> (prediction: TensorSpec, label: TensorSpec)? {
    guard let function = transform?.function else { return nil }
    let context = CallContext(
      output: QuietSink(), cancellation: subject.session.cancellation,
      budget: StepBudget(steps: 1_000_000))
    let result = try function.call(Arguments([.list([.object(self)])]), context)
    guard let parts = result.elements, parts.count == 2,
      let prediction = Self.spec(parts[0]), let label = Self.spec(parts[1])
    else { return nil }
    return (prediction, label)
  }

  private static func spec(_ value: Value) -> TensorSpec? {
    guard case .object(let tensor as DescribedTensor)? = value.elements?.first else { return nil }
    return TensorSpec(shape: [1] + tensor.spec.shape, dtype: tensor.spec.dtype)
  }
}

/// A tensor of which only the shape is known.
private final class DescribedTensor: Object {
  let spec: TensorSpec
  init(_ spec: TensorSpec) { self.spec = spec }
  var kind: String { "tensor" }
  var summary: String { "tensor \(spec.text)" }
}
