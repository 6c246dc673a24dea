import Components
import Engine
import Plotting
import Script

/// Actions that look: they draw from streams of their own, so that a run is the same with them and
/// without.
extension EtudeSession {
  var firstAction: Builtin {
    Builtin(
      "first", "The first batch of a loader, case of a data set or element of a list.",
      effect: .action, BuiltinParameter<Value>("x")
    ) { [self] _, value in
      switch value {
      case .object(let loader as DataLoader):
        guard let batch = try loader.firstBatch(try runContext()) else {
          throw Fault(.data, "the loader gives no batches", got: loader.summary)
        }
        return .object(BatchObject(batch))
      case .object(is any HasIndex), .list, .tuple, .dict, .string, .object(is any Stream):
        var elements = try ValueIterator(value)
        guard let first = try elements.next() else {
          throw Fault(.data, "there is no first element: it is empty", got: value.kindName)
        }
        return first
      default: throw Fault.wrongType(wanted: "loader, data set or list", got: value)
      }
    }
  }

  var stepAction: Builtin {
    Builtin(
      "step", "Shows what each transform makes of one case, row by row.", effect: .action,
      BuiltinParameter<Value>("pipeline"),
      BuiltinParameter<Either<Int, String>>("case", default: .first(0)),
      BuiltinParameter("draw", default: false),
      BuiltinParameter<PathArgument?>("file", default: nil)
    ) { [self] _, value, choice, draws, file in
      let pipeline = try pipeline(value)
      let steps = try PipelineSteps(
        pipeline, try item(choice, for: pipeline), try runContext(),
        showsTimes: !display.isRepeatable)
      output.show(steps.table.text(), html: steps.table.html)
      if file != nil || draws && output.showsPictures {
        try put(steps.picture, into: file?.path)
      } else if draws {
        for drawing in try steps.drawings { output.write(drawing, to: .result) }
      }
      return .none
    }
  }

  /// `@pre_transforms`, or the list as written: `train.pre_transforms`.
  private func pipeline(_ value: Value) throws -> Compose {
    switch value {
    case .object(let pipeline as Compose): return pipeline
    case .object(let written as WrittenExpression):
      if let node = written.node, case .object(let pipeline as Compose) = try self.value(of: node) {
        return pipeline
      }
    case .list(let items), .tuple(let items):
      let parts = items.compactMap { item in
        if case .object(let part as Compose) = item { part } else { nil }
      }
      if parts.count == items.count, !parts.isEmpty {
        return Compose(parts)
      }
    default: break
    }
    throw Fault(
      .wrongType, "step takes a pipeline of transforms", got: value.shortened,
      remedy: "step(@pre_transforms)")
  }

  /// The case that a pipeline would get: from the data set that uses it, else from the first there is.
  private func item(_ choice: Either<Int, String>, for pipeline: Compose) throws -> Sample {
    let datasets = try [Section.train, .validate].compactMap { try cases(in: $0) }
    guard let dataset = datasets.first(where: { $0.pipeline === pipeline }) ?? datasets.first else {
      throw Fault(
        .state, "there is no data set to take a case from",
        remedy: "dataset = CacheDataset(data=datalist(\"dataset.json\"), transform=@pre_transforms)"
      )
    }
    do {
      return dataset.listed(at: try CaseChoice([choice], of: dataset).places[0])
    } catch var fault {
      fault.argument = ["case"]
      throw fault
    }
  }

  var summaryAction: Builtin {
    Builtin(
      "summary", "The layers of a network: shapes, parameters, work and memory.", effect: .action,
      BuiltinParameter<Value?>("model", default: nil, shown: "@model"),
      BuiltinParameter<[Int]?>("input_size", default: nil)
    ) { [self] _, model, size in
      guard let value = try model ?? lookedUp("model") else {
        throw Fault(.state, "there is no model yet", remedy: "summary(UNet(…), input_size=[…])")
      }
      let network = try network(value)
      let size = try size ?? knownInputSize()
      let summary = try networkSummary(network, size)
      output.show(summary.text, html: summary.html)
      return .none
    }
  }

  func networkSummary(_ network: any Network, _ size: [Int]) throws -> NetworkSummary {
    let isMixed = try RunSettings(bindings).amp && ForwardMode.Precision.bfloat16.isSupported()
    let peak = runs.last == nil || display.isRepeatable ? nil : TensorMemory.peak
    return try NetworkSummary(network, inputSize: size, isMixed: isMixed, peak: peak)
  }

  private func network(_ value: Value) throws -> any Network {
    switch value {
    case .object(let network as any Network): return network
    case .object(let written as WrittenExpression):
      if let node = written.node { return try network(self.value(of: node)) }
      fallthrough
    default: throw Fault.wrongType(wanted: "network", got: value).inArgument("model")
    }
  }

  private func lookedUp(_ name: String) throws -> Value? {
    try bindings.lookup(name, from: .train).map { try value(of: $0.node) }
  }

  /// The patches of the pipeline, else what `network_summary` names.
  private func knownInputSize() throws -> [Int] {
    var notes: [String] = []
    do {
      if let size = try batchShape() { return size }
    } catch let fault as Fault where fault.kind != .interrupted {
      notes = [fault.message]
    }
    if let size = try RunSettings(bindings).summaryInputSize { return size }
    throw Fault(
      .missingArgument, "the size of the input is not known",
      remedy: "summary(input_size=[1, 1, 96, 96, 96])", argument: ["input_size"], notes: notes)
  }

  /// What the network sees in training, from the headers of the first case; nil while that is not known.
  private func batchShape() throws -> [Int]? {
    guard let dataset = try cases(in: .train), dataset.caseCount > 0 else { return nil }
    let preview = try dataset.pipeline.preview(SampleSpec(dataset.listed(at: 0)))
    guard let image = preview.tensors["image"]?.shape.compactMap({ $0 }),
      image.count == preview.tensors["image"]?.shape.count
    else { return nil }
    return [(preview.sampleCount ?? 1) * (try batchSize() ?? 1)] + image
  }

  /// Cases in a batch, as the loader is written.
  private func batchSize() throws -> Int? {
    guard
      let written = bindings[.train, "dataloader"]?.expression.component?
        .argument("batch_size"), case .int(let size) = try bindings.value(of: written, from: .train)
    else { return nil }
    return size
  }
}
