import Components

/// Transforms applied one after the other; what a list of transforms in a config becomes.
///
/// Source: `monai.transforms.Compose` 0.8.1.
public final class Compose: Object {
  /// Gives a fault of a transform the place where that transform was written.
  public typealias Locator = @Sendable (Fault) -> Fault

  public let transforms: [any Transform]
  /// One for each transform, or none at all.
  public let locators: [Locator]
  /// Transforms before this one give the same result every time, so it can be kept.
  public let randomStart: Int
  /// After this one all images of a case must lie alike: nothing later moves voxels in the world.
  private let lastPlacing: Int?

  public init(_ transforms: [any Transform], locators: [Locator] = []) {
    precondition(locators.isEmpty || locators.count == transforms.count)
    (self.transforms, self.locators) = (transforms, locators)
    randomStart =
      transforms.firstIndex { type(of: $0).streamCount > 0 } ?? transforms.count
    let placing = transforms.lastIndex { type(of: $0).placesVoxels }
    // Grids are compared where images come in; a post pipeline works on what was compared before.
    lastPlacing = transforms.contains { $0 is LoadImaged } ? placing : nil
  }

  /// One pipeline of several, each transform with its place.
  public convenience init(_ parts: [Compose]) {
    self.init(
      parts.flatMap(\.transforms),
      locators: parts.flatMap { part in
        part.locators.isEmpty ? part.transforms.map { _ in { $0 } } : part.locators
      })
  }

  public var kind: String { "transforms" }
  public var summary: String {
    transforms.isEmpty
      ? "no transforms" : transforms.map { type(of: $0).name }.joined(separator: " → ")
  }

  /// The random streams of a pipeline seeded with `seed`: one generator deals every random
  /// transform, in order, a seed for all its streams. Nil seeds from the system.
  public func streams(seed: UInt32?) -> PipelineStreams {
    var dealer = RandomState(seed: seed ?? UInt32.random(in: .min ... .max))
    return PipelineStreams(
      transforms.map { transform in
        let count = type(of: transform).streamCount
        return count == 0 ? [] : Array(repeating: RandomState(seed: dealer.word()), count: count)
      })
  }

  /// The whole pipeline, on one case.
  public func apply(
    _ sample: Sample, _ streams: inout PipelineStreams, _ context: TransformContext
  ) throws -> Samples {
    try apply(.one(sample), from: 0, to: transforms.count, &streams, context)
  }

  /// The deterministic first part.
  public func applyPrefix(_ sample: Sample, _ context: TransformContext) throws -> Samples {
    var none = PipelineStreams(Array(repeating: [], count: transforms.count))
    return try apply(.one(sample), from: 0, to: randomStart, &none, context)
  }

  /// What follows the deterministic first part.
  public func applyRest(
    _ samples: Samples, _ streams: inout PipelineStreams, _ context: TransformContext
  ) throws -> Samples {
    try apply(samples, from: randomStart, to: transforms.count, &streams, context)
  }

  private func apply(
    _ samples: Samples, from start: Int, to end: Int, _ streams: inout PipelineStreams,
    _ context: TransformContext
  ) throws -> Samples {
    var samples = samples
    for index in start..<end {
      if context.cancellation.isRequested { throw Fault(.interrupted, "interrupted") }
      let transform = transforms[index]
      do {
        switch samples {
        case .one(let sample):
          samples = try transform.apply(sample, &streams.streams[index], context)
        case .many(let several):
          samples = .many(
            try several.flatMap {
              try transform.apply($0, &streams.streams[index], context).all
            })
        }
        if index == lastPlacing {
          for sample in samples.all { try sample.requireOneGrid() }
        }
      } catch let fault as Fault {
        throw located(fault.applying(transform, at: index, of: transforms.count), index)
      }
    }
    return samples
  }

  private func located(_ fault: Fault, _ index: Int) -> Fault {
    locators.isEmpty ? fault : locators[index](fault)
  }

  /// What the pipeline makes of a case it has only the headers of.
  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try preview(spec, upTo: transforms.count)
  }

  /// The deterministic first part of it: what a cache would hold.
  public func previewPrefix(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try preview(spec, upTo: randomStart)
  }

  /// What follows the deterministic first part makes of what that part left.
  public func previewRest(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try preview(spec, from: randomStart, upTo: transforms.count)
  }

  private func preview(
    _ spec: SampleSpec, from start: Int = 0, upTo end: Int
  ) throws(Fault) -> SampleSpec {
    var spec = spec
    for (index, transform) in transforms.enumerated().prefix(end).dropFirst(start) {
      do throws(Fault) {
        spec = try transform.preview(spec)
        if index == lastPlacing { try spec.requireOneGrid() }
      } catch {
        throw located(error.applying(transform, at: index, of: transforms.count), index)
      }
    }
    return spec
  }

  /// Takes back, on the image `key`, everything `records` tell, last first. Transforms without an
  /// inverse are passed over.
  public func invert(
    _ sample: inout Sample, key: String, records: [TraceRecord], nearest: Bool,
    _ context: TransformContext
  ) throws {
    var records = records
    for (index, transform) in transforms.enumerated().reversed() {
      guard let invertible = transform as? any InvertibleTransform,
        let map = transform as? any MapTransform, map.keys.values.contains(key),
        let record = records.last
      else { continue }
      let name = type(of: transform).name
      guard record.transform == name else {
        throw Fault(
          .invalid, "the trace of \(key.quoted) is not one of this pipeline",
          got: record.transform, wanted: name,
          remedy: "give Invertd the transforms that made the sample")
      }
      records.removeLast()
      sample[Sample.traceKey(key)] = .trace(records)
      do { try invertible.invert(&sample, key: key, record, nearest: nearest, context) } catch let
        fault as Fault
      {
        throw located(
          fault.applying(transform, at: index, of: transforms.count, inverse: true), index)
      }
    }
  }
}

extension Fault {
  /// The same fault with a note on the transform that was being applied.
  fileprivate func applying(
    _ transform: any Transform, at index: Int, of count: Int, inverse: Bool = false
  ) -> Fault {
    var fault = self
    let what = inverse ? "taking back" : "applying"
    fault.notes.append("\(what) \(type(of: transform).name), transform \(index + 1) of \(count)")
    return fault
  }
}

extension Compose {
  /// The deterministic first part as text; equal text does equal things. Nil when an argument is a
  /// function or an object that no text stands for.
  var prefixText: String? {
    var texts: [String] = []
    for transform in transforms.prefix(randomStart) {
      guard let arguments = Value.dict(transform.changedArguments).definition else { return nil }
      texts.append("\(type(of: transform).name)(\(arguments))")
    }
    return texts.joined(separator: " ")
  }
}
