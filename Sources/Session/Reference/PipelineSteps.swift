import Components
import Engine
import Plotting

/// One case through a pipeline, one row for each image after each transform: number, transform, key,
/// shape, dtype, least and greatest value, milliseconds.
struct PipelineSteps {
  private var rows: [[String]] = []
  /// What each transform left, for drawing.
  private var stages: [(title: String, sample: Sample)] = []

  /// Draws from a stream of its own.
  init(
    _ pipeline: Compose, _ item: Sample, _ context: RunContext, showsTimes: Bool = true
  ) throws {
    let world = TransformContext(context)
    let clock = ContinuousClock()
    var streams = pipeline.streams(seed: context.seed ?? 0)
    var samples = Samples.one(item)
    for (index, transform) in pipeline.transforms.enumerated() {
      let step = Compose(
        [transform], locators: pipeline.locators.isEmpty ? [] : [pipeline.locators[index]])
      let start = clock.now
      var own = PipelineStreams([streams.streams[index]])
      do { samples = try Self.apply(step, samples, &own, world) } catch var fault as Fault {
        fault.notes = fault.notes.map { note in
          note.hasSuffix("transform 1 of 1")
            ? note.dropLast(6) + "\(index + 1) of \(pipeline.transforms.count)" : note
        }
        throw fault
      }
      streams.streams[index] = own.streams[0]
      let time = (clock.now - start) / .milliseconds(1)
      let name = type(of: transform).declaration.name
      try add(index, name, samples, showsTimes ? time : nil)
      if let first = samples.all.first { stages.append(("\(index) \(name)", first)) }
    }
  }

  private static func apply(
    _ step: Compose, _ samples: Samples, _ streams: inout PipelineStreams, _ world: TransformContext
  ) throws -> Samples {
    switch samples {
    case .one(let sample): return try step.apply(sample, &streams, world)
    case .many(let several):
      var results: [Sample] = []
      for sample in several { results += try step.apply(sample, &streams, world).all }
      return .many(results)
    }
  }

  private mutating func add(
    _ index: Int, _ name: String, _ samples: Samples, _ milliseconds: Double?
  ) throws {
    guard let sample = samples.all.first else { return }
    let time = milliseconds.map { PythonNumber.text(of: $0, decimals: $0 < 10 ? 1 : 0) } ?? ""
    var crops = ""
    if case .many(let several) = samples { crops = "\(several.count) × " }
    let images = sample.keys.compactMap { key in sample.tensor(key).map { (key, $0) } }
    if images.isEmpty { rows.append(["\(index)", name, "", "", "", "", time]) }
    for (position, (key, tensor)) in images.enumerated() {
      let isFirst = position == 0
      rows.append([
        isFirst ? "\(index)" : "", isFirst ? name : "", key,
        crops + tensor.shape.map(String.init).joined(separator: "×"), tensor.dtype.rawValue,
        try Self.range(of: tensor), isFirst ? time : "",
      ])
    }
  }

  private static func range(of tensor: Tensor) throws -> String {
    if tensor.count == 0 { return "empty" }
    let least = try tensor.minimum().scalarValue()
    return "\(Float(least))…\(Float(try tensor.maximum().scalarValue()))"
  }

  var table: Table {
    Table(
      rows, head: ["#", "transform", "key", "shape", "dtype", "min…max", "ms"], right: [0, 6])
  }
}

// MARK: Drawing

extension PipelineSteps {
  /// The slice after each transform, in characters.
  var drawings: [String] {
    get throws(Fault) {
      var drawings: [String] = []
      for pane in try panes {
        // Its title would be cut to the width of a small slice.
        let slice = SlicePane("", image: pane.image, labels: pane.labels, window: pane.window)
        drawings.append(
          SlicePicture(pane.title, panes: [slice], window: pane.window, aspect: pane.aspect ?? 1)
            .text(columns: 56))
      }
      return drawings
    }
  }

  /// All slices in one picture.
  var picture: SlicePicture {
    get throws(Fault) { SlicePicture("After each transform", panes: try panes) }
  }

  /// After each transform that leaves an image: the slice along the last axis with the most voxels of
  /// the label, else the middle one; each in grey values of its own.
  private var panes: [SlicePane] {
    get throws(Fault) {
      var panes: [SlicePane] = []
      for (title, sample) in stages {
        let value = Value.object(SampleObject(sample))
        do {
          let image = try ShownVolume(value, key: "image")
          let label = try ShownVolume.label(of: value)
          let cut = try SliceCut(image, axis: 2, index: nil, label: label)
          let shape = (sample.tensor("image")?.shape ?? []).map(String.init)
            .joined(separator: "×")
          let grey = try cut.grey(image)
          panes.append(
            SlicePane(
              "\(title), \(shape)", image: grey, labels: try label.map { try cut.labels($0) },
              window: SlicePicture.window(of: grey), aspect: cut.aspect))
        } catch let fault as Fault {
          // What is no image yet, or none of two or three axes, has no slice.
          if fault.kind != .data && fault.kind != .shape { throw fault }
        } catch {
          throw Fault(.data, "\(error)")
        }
      }
      guard !panes.isEmpty else {
        throw Fault(.data, "no transform leaves an image to draw", wanted: "a tensor 'image'")
      }
      return panes
    }
  }
}
