import Components
import Engine
import Script

/// Shapes on their way from the pipeline through the network to the loss.
struct NetworkRule: CheckRule {
  static let codes = [
    FindingCode("batch-shapes", "The cases of a batch differ in shape."),
    FindingCode("channels", "The images have other channels than the network takes."),
    FindingCode("loss-activation", "The loss takes probabilities, but gets the network's output."),
    FindingCode("loss-shape", "The network's output does not fit the loss."),
    FindingCode("network-shape", "The network cannot take images of this size."),
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    subject.sections.flatMap { section -> [Finding] in
      guard let flow = DataFlow(subject, section) else { return [] }
      var findings: [Finding] = []
      for (number, image) in flow.data.shapes {
        guard findings.errors.isEmpty else { break }
        findings += network(image, number, flow)
      }
      return findings + batches(flow) + loss(flow)
    }
  }

  private func network(_ image: TensorSpec, _ number: Int, _ flow: DataFlow) -> [Finding] {
    do throws(Fault) {
      _ = try flow.output(for: image)
      return []
    } catch {
      var fault = error
      if flow.data.cases.count > 1 {
        fault.notes.append(
          "case \(number) of \(flow.data.cases.count), \(flow.data.fileName(number))")
      }
      if error.argument.first == "in_channels" {
        if let channels = image.shape.first ?? nil {
          let prefix = flow.section == .train ? "train." : ""
          fault.remedy = "--set \(prefix)model.in_channels=\(channels)"
        }
        return [.error(flow.locate(fault, inNetwork: true), Self.codes[1])]
      }
      return [
        .error(flow.locate(fault, inNetwork: error.argument.first != "strides"), Self.codes[4])
      ]
    }
  }

  /// Cases of a batch are stacked, so they must be of one size.
  private func batches(_ flow: DataFlow) -> [Finding] {
    guard let loader = flow.loader, let arguments = loader.value as? DataLoaderArguments,
      arguments.batchSize > 1, loader.isRight
    else { return [] }
    let shapes = flow.data.shapes.filter { !$0.image.shape.contains(nil) }
    guard shapes.count > 1 else { return [] }
    let notes = shapes.prefix(2).map { "\($0.image.text) is \(flow.data.fileName($0.number))" }
    return [
      .error(
        loader.place.locate(
          Fault(
            .shape, "the cases of a batch differ in shape", got: shapes[1].image.text,
            wanted: shapes[0].image.text,
            remedy: "crop or pad to one size, or set batch_size to 1", argument: ["batch_size"],
            notes: notes)), Self.codes[0])
    ]
  }

  private func loss(_ flow: DataFlow) -> [Finding] {
    guard flow.section == .train,
      let loss = flow.subject.part("loss_function", "loss", of: .train), loss.isRight,
      let arguments = loss.value as? any LossArguments,
      let spec = flow.data.previews.lazy.compactMap(\.spec).first,
      let image = spec.tensors["image"], let label = spec.tensors["label"],
      // What the network cannot take has its own finding.
      let output = try? flow.output(for: image)
    else { return [] }
    var findings: [Finding] = []
    let prediction = TensorSpec(shape: [nil] + output.shape, dtype: output.dtype)
    if loss.open.isEmpty {
      do throws(Fault) {
        try arguments.preview(
          prediction: prediction, target: TensorSpec(shape: [nil] + label.shape, dtype: label.dtype)
        )
      } catch {
        findings.append(.error(loss.place.locate(error), Self.codes[3]))
      }
    }
    if let dice = arguments as? DiceLoss, !dice.softmax, !dice.sigmoid, loss.open.isEmpty {
      findings.append(
        .warning(
          loss.place.locate(
            Fault(
              .invalid, "DiceLoss takes probabilities; the network's output is not bounded",
              remedy: (output.shape.first ?? nil) == 1
                ? "train.loss.sigmoid = True" : "train.loss.softmax = True")), Self.codes[2]))
    }
    return findings
  }
}
