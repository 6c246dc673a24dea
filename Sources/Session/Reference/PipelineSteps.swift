import Components
import Engine

/// One case through a pipeline, one row for each image after each transform: number, transform, key,
/// shape, dtype, least and greatest value, milliseconds.
struct PipelineSteps {
  private var rows: [[String]] = [["#", "transform", "key", "shape", "dtype", "min…max", "ms"]]

  /// Draws from a stream of its own.
  init(_ pipeline: Compose, _ item: Sample, _ context: RunContext) throws {
    let world = TransformContext(context)
    let clock = ContinuousClock()
    var streams = pipeline.streams(seed: context.seed ?? 0)
    var samples = Samples.one(item)
    for (index, transform) in pipeline.transforms.enumerated() {
      let step = Compose([transform])
      let start = clock.now
      var own = PipelineStreams([streams.streams[index]])
      samples = try Self.apply(step, samples, &own, world)
      streams.streams[index] = own.streams[0]
      let milliseconds = Int((clock.now - start) / .milliseconds(1))
      try add(index, type(of: transform).declaration.name, samples, milliseconds)
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
    _ index: Int, _ name: String, _ samples: Samples, _ milliseconds: Int
  ) throws {
    guard let sample = samples.all.first else { return }
    var isFirst = true
    for key in sample.keys {
      guard case .tensor(let tensor)? = sample[key] else { continue }
      var crops = ""
      if case .many(let several) = samples { crops = "\(several.count) × " }
      rows.append([
        isFirst ? String(index) : "", isFirst ? name : "", key,
        crops + tensor.shape.map(String.init).joined(separator: "×"), tensor.dtype.rawValue,
        try Self.range(of: tensor), isFirst ? String(milliseconds) : "",
      ])
      isFirst = false
    }
  }

  private static func range(of tensor: Tensor) throws -> String {
    if tensor.count == 0 { return "empty" }
    let least = try tensor.minimum().scalarValue()
    return "\(Float(least))…\(Float(try tensor.maximum().scalarValue()))"
  }

  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
