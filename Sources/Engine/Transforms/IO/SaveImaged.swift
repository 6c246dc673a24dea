import Components
import Synchronization

/// Writes images as NIfTI files, one folder a case.
///
/// `<output_dir>/<case>/<case>_<postfix><ext>`, with the patch index when there is one. With
/// `resample` the image goes back to the grid of its file first. Source:
/// `monai.transforms.SaveImaged` 0.8.1 (NiftiSaver), whose names may leave `output_dir` or fall
/// together; here both are faults.
public struct SaveImaged: MetadataTransform {
  public enum Extension: String, ChoiceArgument, Sendable {
    case compressed = ".nii.gz"
    case plain = ".nii"
  }

  public var keys: OneOrMany<String> = .many([])
  public var metaKeys: OneOrMany<String>?
  public var metaKeyPostfix = "meta_dict"
  public var outputFolder = PathArgument("./")
  public var outputPostfix = "trans"
  public var outputExtension = Extension.compressed
  public var resample = true
  public var mode = InterpolationMode.nearest
  public var paddingMode = SamplingPadding.border
  public var scale: Int?
  public var dtype: VoxelType? = .float64
  public var outputType = VoxelType.float32
  public var allowMissingKeys = false
  public var squeezeEndDims = true
  public var dataRootFolder = PathArgument("")
  public var separateFolder = true
  public var printLog = true
  private let ledger = Ledger()

  public init() {}

  public static let schema = Schema<Self>(
    "SaveImaged", "Write images to NIfTI files.", .keys, .metaKeys, .metaKeyPostfix,
    .optional("output_dir", \.outputFolder, "Folder for the files."),
    .optional("output_postfix", \.outputPostfix, "Added to the case's name."),
    .optional("output_ext", \.outputExtension, "Kind of file."),
    .optional("resample", \.resample, "Go back to the grid of the file first."),
    .optional("mode", \.mode, "Interpolation when resampling."),
    .optional("padding_mode", \.paddingMode, "What stands beyond the edge when resampling."),
    .optional("scale", \.scale, "Of PNG files; without effect on NIfTI."),
    .optional("dtype", \.dtype, "Precision asked for; sums run in float64 here."),
    .optional("output_dtype", \.outputType, "Element type of the file."), .allowMissingKeys,
    .optional("squeeze_end_dims", \.squeezeEndDims, "Drop axes of one at the end."),
    .optional("data_root_dir", \.dataRootFolder, "Keep the folders of the inputs below this one."),
    .optional("separate_folder", \.separateFolder, "A folder for each case."),
    .optional("print_log", \.printLog, "Say which file was written."))

  public func validate() throws(Fault) {
    try validateKeys()
    try validateMetadataKeys()
    if outputPostfix.contains("/") || outputPostfix.contains("\0") {
      throw Fault(
        .invalid, "output_postfix cannot hold a slash", got: outputPostfix.quoted,
        argument: ["output_postfix"])
    }
  }

  public func apply(
    _ sample: Sample, _ streams: inout [RandomState], _ context: TransformContext
  ) throws -> Samples {
    var sample = sample
    try updateEachKey(of: &sample) { sample, index, key in
      let name = metadataKey(key, at: index)
      guard let metadata = sample.metadata(name) else { throw Self.withoutMetadata(key, name) }
      let path = try file(for: metadata)
      try ledger.claim(path, for: metadata.fileName)
      let file = try layout(try sample.channelFirst(key), metadata, context)
      try Disk().makeFolder(PathName.folder(of: path))
      try NIfTI.write(
        file.tensor, affine: file.affine, as: outputType.element, to: path,
        threads: context.threads)
      if printLog { context.output.write("file written: \(path).", to: .log) }
    }
    return .one(sample)
  }

  public func preview(_ spec: SampleSpec) throws(Fault) -> SampleSpec {
    try spec.updatingEachKey(of: self) { (spec, index, key) throws(Fault) in
      _ = try spec.tensor(key)
      let name = metadataKey(key, at: index)
      if spec.metadata(named: name) == nil { throw Self.withoutMetadata(key, name) }
    }
  }

  /// The files of one case, by key; empty where a key has no metadata to name them by.
  public func files(for spec: SampleSpec) throws(Fault) -> [String] {
    var files: [String] = []
    for (index, key) in keys.values.enumerated() {
      guard let metadata = spec.metadata(named: metadataKey(key, at: index)) else { continue }
      files.append(try file(for: metadata))
    }
    return files
  }

  private func file(for metadata: Metadata) throws(Fault) -> String {
    try OutputName(
      input: metadata.fileName, folder: outputFolder.path, root: dataRootFolder.path,
      postfix: outputPostfix, separateFolder: separateFolder, patch: metadata.patchIndex
    ).path + outputExtension.rawValue
  }

  private static func withoutMetadata(_ key: String, _ name: String) -> Fault {
    Fault(
      .data, "\(key.quoted) has no metadata to name the file by", wanted: name,
      remedy: "give Invertd meta_keys, or SaveImaged the meta_keys of the image",
      argument: ["meta_keys"])
  }

  /// The voxels as the file holds them, channels last, and where they lie.
  private func layout(
    _ image: Tensor, _ metadata: Metadata, _ context: TransformContext
  ) throws(Fault) -> (tensor: Tensor, affine: Affine) {
    var spatial = Array(image.shape.dropFirst())
    let channels = image.shape[0]
    while spatial.count < 3 { spatial.append(1) }
    if squeezeEndDims && channels == 1 {
      while spatial.count > 1, spatial.last == 1 { spatial.removeLast() }
    }
    let rank = spatial.count
    let whole = image.reshaped([channels] + spatial)
    let matrix = Matrix(metadata.affine, rank: rank)
    let placed =
      resample
      ? try FileGrid(metadata, rank: rank).place(
        whole, matrix, mode: mode, padding: paddingMode, context) : (image: whole, affine: matrix)
    var affine = Affine.identity
    for row in 0..<rank {
      for column in 0..<rank { affine.rows[row][column] = placed.affine[row, column] }
      if rank > 1 { affine.rows[row][3] = placed.affine[row, rank] }
    }
    let axes = Array(placed.image.shape.dropFirst())
    if channels == 1 {
      return (placed.image.reshaped(squeezeEndDims ? axes : axes + [1]), affine)
    }
    return (placed.image.permuted(Array(1...rank) + [0], threads: context.threads), affine)
  }

  /// Which case each file of this pipeline was written for.
  private final class Ledger: Sendable {
    private let sources = Mutex<[String: String]>([:])

    func claim(_ path: String, for source: String) throws(Fault) {
      let earlier = sources.withLock { sources in
        defer { sources[path] = source }
        return sources[path]
      }
      if let earlier, earlier != source {
        throw Fault(
          .file, "two cases would be written to one file", got: path,
          remedy: "set data_root_dir to the folder above both", argument: ["data_root_dir"],
          notes: [earlier, source])
      }
    }
  }
}
