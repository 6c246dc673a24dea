import Components

/// Predictions and labels of one output, each with a batch axis.
///
/// An `output_transform` gives two tensors, or two lists of tensors (one an item, as
/// `from_engine(['pred', 'label'])` does); items of a list are batches of one (ignite 0.4.8).
struct MetricPairs {
  var pairs: [(prediction: Tensor, label: Tensor)] = []

  init(
    _ output: Value, through transform: FunctionArgument?, metric: String, _ context: CallContext
  ) throws {
    let result =
      try transform?.function.call(Arguments([output]), context) ?? output
    guard let parts = result.elements, parts.count == 2 else {
      throw Fault(
        .invalid, "\(metric) needs a prediction and a label",
        got: "\(result.kindName) \(result.shortened)", wanted: "a pair",
        remedy: "set output_transform to \"#monai.handlers.from_engine(['pred', 'label'])\"",
        argument: ["output_transform"])
    }
    if let predictions = parts[0].elements, let labels = parts[1].elements {
      guard predictions.count == labels.count else {
        throw Fault(
          .invalid, "\(metric) got lists of different lengths", got: "\(labels.count) labels",
          wanted: "\(predictions.count) like the predictions", argument: ["output_transform"])
      }
      for (prediction, label) in zip(predictions, labels) {
        pairs.append(
          (try Self.item(prediction, metric), try Self.item(label, metric)))
      }
    } else {
      pairs = [(try Self.tensor(parts[0], metric), try Self.tensor(parts[1], metric))]
    }
  }

  /// An item with a batch axis of one in front; a number is an item too.
  private static func item(_ value: Value, _ metric: String) throws(Fault) -> Tensor {
    switch value {
    case .int(let number): return Tensor([Float(number)], shape: [1])
    case .double(let number): return Tensor([Float(number)], shape: [1])
    default:
      let tensor = try tensor(value, metric)
      return tensor.reshaped([1] + tensor.shape)
    }
  }

  private static func tensor(_ value: Value, _ metric: String) throws(Fault) -> Tensor {
    guard case .object(let object as TensorObject) = value else {
      throw Fault(
        .wrongType, "\(metric) needs tensors", got: "\(value.kindName) \(value.shortened)",
        wanted: "tensor", argument: ["output_transform"])
    }
    return object.tensor.asFloat32
  }
}
