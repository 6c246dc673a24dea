import Components
import Engine
import Script

/// What the post transforms make of prediction and label, and what the metrics make of that.
struct MetricRule: CheckRule {
  static let codes = [
    FindingCode("accuracy-background", "Accuracy counts every voxel, most of them background."),
    FindingCode("class-count", "One-hot classes and the network's channels differ in number."),
    FindingCode("dice-argmax", "Dice of several classes in one channel of class numbers."),
    FindingCode("dice-background", "The mean of Dice includes the background."),
    FindingCode("metric-input", "Prediction and label do not fit the metric."),
    FindingCode("post-transforms", "A post transform cannot work on the network's output."),
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    subject.sections.flatMap { section -> [Finding] in
      guard let flow = DataFlow(subject, section), let engine = subject.engine(of: section),
        let spec = flow.data.previews.lazy.compactMap(\.spec).first,
        let image = spec.tensors["image"], let output = try? flow.output(for: image)
      else { return [] }
      var item = spec
      item.tensors["pred"] = output
      let classes = classCounts(flow, output)
      guard let after = post(&item, engine, section, subject) else { return classes }
      return classes + after + metrics(item, output, engine, section, subject)
    }
  }

  /// Nil when nothing can be said about what follows.
  private func post(
    _ item: inout SampleSpec, _ engine: CheckedComponent, _ section: Section,
    _ subject: CheckSubject
  ) -> [Finding]? {
    if engine.open.contains("postprocessing") { return nil }
    let pipeline =
      switch engine.value {
      case let trainer as SupervisedTrainerArguments: trainer.postprocessing?.built
      case let evaluator as SupervisedEvaluatorArguments: evaluator.postprocessing?.built
      default: Compose?.none
      }
    guard let pipeline else { return [] }
    do throws(Fault) {
      item = try pipeline.preview(item)
      return []
    } catch {
      return [.error(error, Self.codes[5])]
    }
  }

  private func metrics(
    _ item: SampleSpec, _ output: TensorSpec, _ engine: CheckedComponent, _ section: Section,
    _ subject: CheckSubject
  ) -> [Finding] {
    let arguments = [
      section == .train ? "key_train_metric" : "key_val_metric", "additional_metrics",
    ]
    return arguments.flatMap { engine.parts[$0] ?? [] }.flatMap { part -> [Finding] in
      guard let node = part.node, let metric = subject.component(at: node),
        let value = metric.value as? any MetricArguments, metric.isRight
      else { return [] }
      return findings(value, metric, item, output, subject)
    }
  }

  private func findings(
    _ value: any MetricArguments, _ metric: CheckedComponent, _ item: SampleSpec,
    _ output: TensorSpec, _ subject: CheckSubject
  ) -> [Finding] {
    let pair: (prediction: TensorSpec, label: TensorSpec)
    do {
      guard let found = try SpecOutput(item).pair(through: value.outputTransform, subject) else {
        return []
      }
      pair = found
    } catch let fault as Fault {
      return [.error(metric.place.locate(fault.inArgument("output_transform")), Self.codes[4])]
    } catch {
      return []  // known only while running
    }
    do throws(Fault) {
      try value.preview(prediction: pair.prediction, label: pair.label)
    } catch {
      return [.error(metric.place.locate(error), Self.codes[4])]
    }
    let shape = pair.prediction.shape
    let channels = shape.count > 1 ? shape[1] : nil
    let classes = output.shape.first ?? nil
    if value is Accuracy { return accuracy(metric, pair, channels) }
    guard let dice = value as? MeanDice, let channels, let classes else { return [] }
    if channels == 1, classes > 2 {
      return [
        .warning(
          metric.place.locate(
            Fault(
              .invalid, "\(metric.name) of \(classes) classes gets one channel of class numbers",
              got: pair.prediction.text, wanted: "a channel for each class",
              remedy: "AsDiscreted: \"to_onehot\": \(classes), for pred and label",
              notes: ["it would take class 2 for twice as much as class 1"])), Self.codes[2])
      ]
    }
    if channels > 1, dice.includeBackground, channels == classes {
      return [
        .warning(
          metric.place.locate(
            Fault(
              .invalid, "the mean includes the background, which is nearly always right",
              remedy: "\"include_background\": false",
              notes: ["classes that a label lacks have no value; the mean leaves them out"])),
          Self.codes[3])
      ]
    }
    return []
  }

  private func accuracy(
    _ metric: CheckedComponent, _ pair: (prediction: TensorSpec, label: TensorSpec),
    _ channels: Int?
  ) -> [Finding] {
    guard pair.prediction.shape.count >= 4 else { return [] }
    let what =
      (channels ?? 1) > 1 ? "every voxel of all \(channels ?? 0) channels" : "every voxel"
    return [
      .warning(
        metric.place.locate(
          Fault(
            .invalid, "\(metric.name) counts \(what), background too",
            remedy: "take MeanDice with include_background=False to judge a segmentation",
            notes: ["a prediction of nothing at all scores above 0.9 where organs are small"])),
        Self.codes[0])
    ]
  }

  /// `to_onehot` against the network's channels.
  private func classCounts(_ flow: DataFlow, _ output: TensorSpec) -> [Finding] {
    guard let channels = output.shape.first ?? nil else { return [] }
    let steps = flow.subject.components.filter {
      $0.node?.section == flow.section && $0.node?.name == "post_transforms"
    }
    return steps.compactMap { step in
      guard let discrete = step.value as? AsDiscreted, step.isKnown
      else { return nil }
      for (index, key) in discrete.keys.values.enumerated() where ["pred", "label"].contains(key) {
        guard let classes = discrete.classes(at: index), channels > 1, classes != channels else {
          continue
        }
        let fault = step.place.locate(
          Fault(
            .shape, "to_onehot has \(classes) classes, the network has \(channels) channels",
            got: "\(classes)", wanted: "\(channels)", remedy: "\"to_onehot\": \(channels)",
            argument: ["to_onehot"]))
        return Finding(classes < channels ? .error : .warning, fault, Self.codes[1])
      }
      return nil
    }
  }
}
