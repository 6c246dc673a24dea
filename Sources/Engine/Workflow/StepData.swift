import Components

/// What an iteration works on or leaves: MONAI's `engine.state.batch` and `engine.state.output`.
public enum StepData: Sendable {
  case none
  /// Tensors with a batch axis, before they are split.
  case batch(Sample)
  /// One sample an item, after MODEL_COMPLETED; a scalar such as the loss is in each of them.
  case items([Sample])

  /// As functions written in the language see it.
  public var value: Value {
    switch self {
    case .none: .none
    case .batch(let sample): .object(SampleObject(sample))
    case .items(let samples): .list(samples.map { .object(SampleObject($0)) })
    }
  }

  public var samples: [Sample] {
    switch self {
    case .none: []
    case .batch(let sample): [sample]
    case .items(let samples): samples
    }
  }
}
