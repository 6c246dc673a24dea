import Components
import Engine
import Plotting
import Script

/// Actions that look: they draw from streams of their own, so that a run is the same with them and
/// without.
extension EtudeSession {
  var firstAction: Builtin {
    Builtin(
      "first", "The first element of a loader or a data set.", effect: .action,
      BuiltinParameter<Value>("x")
    ) { _, value in
      switch value {
      case .object(let loader as DataLoader): return try loader.dataset.element(at: .int(0))
      case .object(let indexed as any HasIndex): return try indexed.element(at: .int(0))
      default:
        guard let first = value.elements?.first else {
          throw Fault.wrongType(wanted: "loader, dataset or list", got: value)
        }
        return first
      }
    }
  }

  var stepAction: Builtin {
    Builtin(
      "step", "Shows what each transform makes of one case, row by row.", effect: .action,
      BuiltinParameter<Value>("pipeline"), BuiltinParameter("case", default: 0)
    ) { [self] _, value, index in
      let pipeline = try pipeline(value)
      output.write(
        try PipelineSteps(pipeline, try item(index, for: pipeline), try runContext()).text,
        to: .result)
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
      fallthrough
    default:
      throw Fault(
        .wrongType, "step takes a pipeline of transforms", got: value.shortened,
        remedy: "step(@pre_transforms)")
    }
  }

  /// The case that a pipeline would get: from the data set that uses it.
  private func item(_ index: Int, for pipeline: Compose) throws -> Sample {
    for section in [Section.train, .validate] {
      guard case .object(let object)? = try object("dataset", in: section),
        let dataset = object as? any Dataset, dataset.pipeline === pipeline
      else { continue }
      guard 0..<dataset.caseCount ~= index else {
        throw Fault(
          .outOfRange, "the data set has \(dataset.caseCount) cases", got: "case \(index)",
          wanted: "0 to \(dataset.caseCount - 1)")
      }
      return dataset.listed(at: index)
    }
    throw Fault(.state, "no data set uses this pipeline", remedy: "step(@pre_transforms)")
  }

  var summaryAction: Builtin {
    Builtin(
      "summary", "The layers of a network with shapes and parameters.", effect: .action,
      BuiltinParameter<Value?>("model", default: nil),
      BuiltinParameter<[Int]?>("input_size", default: nil)
    ) { [self] _, model, size in
      guard let value = try model ?? object("model", in: .train) else {
        throw Fault(.state, "there is no model yet", remedy: "summary(UNet(…), input_size=[…])")
      }
      guard case .object(let network as any Network) = value else {
        throw Fault.wrongType(wanted: "network", got: value)
      }
      guard let size = try size ?? RunSettings(bindings).summaryInputSize else {
        throw Fault(
          .missingArgument, "the size of the input is not known",
          remedy: "summary(input_size=[1, 1, 96, 96, 96])")
      }
      output.write(try NetworkSummary(network, inputSize: size).text, to: .result)
      return .none
    }
  }

  var plotAction: Builtin {
    Builtin(
      "plot",
      "Draws series of the last run by name, or a Run; as text, or into a .svg or .png file.",
      effect: .action, signature: "plot(what, …, file=None, log=False, smooth=0)",
      names: ["file", "log", "smooth"]
    ) { [self] arguments, _ in
      try plot(arguments)
      return .none
    }
  }

  private func plot(_ arguments: Arguments) throws {
    let chart = try RunChart(arguments, lastRun: runs.last).chart
    let gnuplot = try Gnuplot.find()
    guard case .string(let file)? = arguments.named["file"] else {
      output.write(try chart.text(with: gnuplot), to: .result)
      return
    }
    try chart.write(to: file, with: gnuplot)
    note("drew \(file)")
  }
}
