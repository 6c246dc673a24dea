import Components

/// What happens at MODEL_COMPLETED: batch and output are split into items and the post transforms
/// run on each (MONAI's `Decollated` and `engine_apply_transform`).
extension Workflow {
  /// Splits the batch, and with it `prediction`, which has the same first axis; `loss` belongs to all
  /// items.
  func completeModel(_ batch: Batch, prediction: Tensor, loss: Double?) throws {
    if options.decollates {
      let inputs = batch.decollated()
      let outputs = zip(inputs, prediction.unstacked()).map { input, prediction in
        Self.output(of: input, prediction, loss: loss)
      }
      (state.batch, state.output) = (.items(inputs), .items(outputs))
    }
    try postprocess()
    try fire(.modelCompleted)
  }

  private func postprocess() throws {
    guard let pipeline = options.postprocessing else { return }
    let context = postprocessingContext
    func run(_ input: inout Sample, _ output: inout Sample) throws {
      try Self.apply(pipeline, &input, &output, &postStreams, context)
    }
    switch (state.batch, state.output) {
    case (.items(var inputs), .items(var outputs)):
      for index in inputs.indices {
        try run(&inputs[index], &outputs[index])
      }
      (state.batch, state.output) = (.items(inputs), .items(outputs))
    case (.batch(var input), .batch(var output)):
      try run(&input, &output)
      (state.batch, state.output) = (.batch(input), .batch(output))
    default: break
    }
  }

  /// A training's step is done when post transforms run, so a request to stop waits for them.
  private var postprocessingContext: TransformContext {
    TransformContext(
      output: context.output,
      cancellation: self is SupervisedTrainer ? Cancellation() : context.cancellation,
      threads: context.threads)
  }

  /// The transforms see one sample made of both; what they make new goes to the output.
  private static func apply(
    _ pipeline: Compose, _ input: inout Sample, _ output: inout Sample,
    _ streams: inout PipelineStreams, _ context: TransformContext
  ) throws {
    var merged = input
    for key in output.keys { merged[key] = output[key] }
    guard case .one(let result) = try pipeline.apply(merged, &streams, context) else {
      throw Fault(
        .invalid, "post transforms gave several samples for one item", wanted: "one",
        argument: ["postprocessing"])
    }
    for key in result.keys {
      if output[key] != nil || input[key] == nil {
        output[key] = result[key]
      } else {
        input[key] = result[key]
      }
    }
  }

  /// Image and label are those of the input, not copies.
  private static func output(of input: Sample, _ prediction: Tensor, loss: Double?) -> Sample {
    var output = Sample()
    for key in ["image", "label"] { output[key] = input[key] }
    output["pred"] = .tensor(prediction)
    if let loss { output["loss"] = .value(.double(loss)) }
    return output
  }
}
