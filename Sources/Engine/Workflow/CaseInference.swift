import Components

/// A validation's way from one case to a prediction: pre transforms, network, post transforms, without
/// loader, metrics or handlers.
///
/// A case may lack what only a validation needs, such as its label: transforms pass over keys that are
/// not there. Transforms that write files are left out.
public struct CaseInference {
  private let network: any Network
  private let inferer: (any Inferer)?
  private let pre: Compose
  private let post: Compose
  private let precision: ForwardMode.Precision
  private let run: RunContext
  private let context: TransformContext

  public init(
    network: any Network, inferer: (any Inferer)?, pre: Compose?, post: Compose?, isMixed: Bool,
    _ context: RunContext
  ) throws(Fault) {
    (self.network, self.inferer) = (network, inferer)
    (self.pre, self.post) = ((pre ?? Compose([])).lenient, (post ?? Compose([])).lenient)
    precision = try context.precision(amp: isMixed)
    (run, self.context) = (context, TransformContext(context))
  }

  private var seed: UInt32 { run.seed ?? 0 }

  /// What came of a case: the sample with its prediction under `pred`.
  public struct Result: Sendable {
    public var sample: Sample
    /// The prediction as the post transforms left it: `[channels, spatial…]`.
    public var prediction: Tensor
    /// Whether it lies on the grid of the file already.
    var isInverted: Bool
  }

  /// - Parameter sample: a case as a data list has it, or with its image loaded and prepared.
  public func predict(_ sample: Sample) throws -> Result {
    var prepared = sample
    if sample.tensor("image") == nil {
      var streams = pre.streams(seed: seed)
      guard case .one(let one) = try pre.apply(sample, &streams, context) else {
        throw Fault(
          .invalid, "the pre transforms cut the case into several", wanted: "one sample",
          remedy: "leave random crops out of validate.pre_transforms")
      }
      prepared = one
    }
    guard let image = prepared.tensor("image") else {
      throw Sample.notLoaded("image", kind: "no image")
    }
    let batch = image.reshaped([1] + image.shape)
    if image.holdsNotFinite {
      run.noteNotFinite(prepared.caseFile.isEmpty ? [] : ["in \(prepared.caseFile)"])
    }
    let mode = ForwardMode(isTraining: false, recordsGradients: false, precision: precision)
    let output =
      try inferer?.infer(batch) { try network.forward($0, mode) } ?? network.forward(batch, mode)
    prepared["pred"] = .tensor(output.reshaped(Array(output.shape.dropFirst())))
    var streams = post.streams(seed: seed)
    guard case .one(let result) = try post.apply(prepared, &streams, context),
      let prediction = result.tensor("pred")
    else { throw Fault(.invalid, "the post transforms left no prediction", wanted: "'pred'") }
    return Result(
      sample: result, prediction: prediction,
      isInverted: post.transforms.contains {
        ($0 as? Invertd)?.keys.values.contains("pred") == true
      })
  }

  /// Writes a prediction on the grid of the file its image came from: shape and affine are the file's.
  ///
  /// What is one-hot becomes one map of labels. What the post transforms did not take back of the pre
  /// transforms is taken back here, by the nearest neighbour where the values are labels.
  public func write(_ result: Result, to path: String) throws {
    var pred = result.prediction
    let isLabels = pred.isWhole
    var item = Sample()
    let metadata = result.sample.metadata(Sample.metadataKey("image"))
    if let image = metadata?.fileName, Disk().isSame(image, path) {
      throw Fault(
        .invalid, "the prediction would take the place of the image", got: path.quoted,
        wanted: "another file", argument: ["output"])
    }
    if !result.isInverted {
      item["image"] = .tensor(pred)
      if let metadata { item[Sample.metadataKey("image")] = .metadata(metadata) }
      try pre.invert(
        &item, key: "image", records: result.sample.trace(of: "image"), nearest: isLabels, context)
      pred = try item.image("image")
    }
    let placed =
      (result.isInverted ? result.sample.metadata(Sample.metadataKey("pred")) : nil)
      ?? item.metadata(Sample.metadataKey("image")) ?? metadata
    if pred.isOneHot { pred = pred.classes() }
    let file = try placed.map { try onGrid(pred, $0, isLabels) } ?? pred
    let channels = pred.shape[0]
    let axes = Array(1..<file.rank)
    do throws(FileFailure) { try Disk().makeFolder(PathName.folder(of: path)) } catch {
      throw error.writing(path)
    }
    try NIfTI.write(
      channels == 1
        ? file.reshaped(Array(file.shape.dropFirst())) : try file.permuted(axes: axes + [0]),
      affine: placed?.originalAffine ?? .identity, as: isLabels ? .uint8 : .float32, to: path,
      threads: context.threads)
  }

  /// The voxels of the file: `[channels, spatial…]`, with the file's spatial shape.
  private func onGrid(
    _ image: Tensor, _ metadata: Metadata, _ isLabels: Bool
  ) throws -> Tensor {
    let rank = image.rank - 1
    let placed = try FileGrid(metadata, rank: rank).place(
      image, Matrix(metadata.affine, rank: rank), mode: isLabels ? .nearest : .bilinear,
      padding: .border, context
    ).image
    let voxels = metadata.spatialShape.reduce(1, *)
    guard placed.count == placed.shape[0] * voxels else {
      throw Fault(
        .shape, "the prediction cannot be brought back to the grid of \(metadata.fileName)",
        got: "\(Array(placed.shape.dropFirst()))", wanted: "\(metadata.spatialShape)",
        notes: ["one of the pre transforms has no inverse"])
    }
    return placed.reshaped([placed.shape[0]] + metadata.spatialShape)
  }
}

extension Compose {
  /// The same transforms, passing over keys a sample lacks; without those that write files.
  fileprivate var lenient: Compose {
    Compose(
      transforms.compactMap { transform in
        if transform is SaveImaged { return nil }
        guard var map = transform as? any MapTransform else { return transform }
        map.allowMissingKeys = true
        return map
      })
  }
}

extension Tensor {
  /// Whether every value is a whole number from 0 to 255: classes, or one-hot channels.
  fileprivate var isWhole: Bool {
    asFloat32.withElements(of: Float.self) { elements in
      elements.allSatisfy { $0 >= 0 && $0 <= 255 && $0 == $0.rounded() }
    }
  }

  /// Several channels of which at most one is 1 at each place, the others 0.
  fileprivate var isOneHot: Bool {
    guard rank > 1, shape[0] > 1 else { return false }
    let voxels = count / shape[0]
    let channels = shape[0]
    return asFloat32.withElements(of: Float.self) { elements in
      (0..<voxels).allSatisfy { place in
        var sum: Float = 0
        for channel in 0..<channels {
          let value = elements[channel * voxels + place]
          if value != 0 && value != 1 { return false }
          sum += value
        }
        return sum <= 1
      }
    }
  }

  /// The number of the channel that is 1; 0 where none is. Shape: `[1, spatial…]`.
  fileprivate func classes() -> Tensor {
    let voxels = count / shape[0]
    let channels = shape[0]
    return asFloat32.withElements(of: Float.self) { elements in
      Tensor(shape: [1] + shape.dropFirst(), of: Float.self) { target in
        for place in 0..<voxels {
          let channel = (1..<channels).first { elements[$0 * voxels + place] == 1 } ?? 0
          target.initializeElement(at: place, to: Float(channel))
        }
      }
    }
  }
}
