import Components

/// Reads an image of any supported kind with what is known about it.
public enum ImageFile {
  /// By content first, then by suffix: NIfTI (`.nii`, `.nii.gz`), PNG and numpy's `.npy`.
  ///
  /// The tensor is float32 with the axes of the file, as MONAI 0.8.1's LoadImage has them: a channel
  /// axis, where the file has one, is the last.
  /// - Throws: a `Fault` that names the file and, for other kinds, how to convert them.
  public static func read(_ path: String) throws -> (tensor: Tensor, metadata: Metadata) {
    let image = try open(path)
    return (image.tensor(1), image.metadata)
  }

  /// An image that has been read and unpacked; `tensor` makes the tensor, on so many threads.
  struct Opened: Sendable {
    let metadata: Metadata
    let tensor: @Sendable (_ threads: Int) -> Tensor
  }

  /// The part of reading that one thread does: files are unpacked from front to back.
  static func open(_ path: String) throws -> Opened {
    try refuseOtherKinds(path)
    let source = try FileSource(path)
    let start = try source.bytes(at: 0, count: min(source.size, 8))
    if start == PNG.signature {
      let (tensor, header) = try PNG.read(source)
      return Opened(metadata: pngMetadata(header, path)) { _ in tensor }
    }
    if start.starts(with: NumPyFile.mark) {
      let tensor = try NumPyFile.read(source)
      return Opened(metadata: numPyMetadata(tensor.shape, path)) { _ in tensor }
    }
    let suffix = PathName.suffix(of: path)
    guard Gzip.isGzip(start) || [".nii", ".nii.gz", ".gz"].contains(suffix) else {
      throw Fault(
        .unsupported, "\(path.quoted) is no image that can be read",
        got: suffix.isEmpty ? "a file without a suffix" : "a \(suffix) file",
        wanted: ".nii, .nii.gz, .png or .npy")
    }
    let image = try NIfTI.open(source)
    return Opened(metadata: metadata(of: image.header, path)) { image.tensor(threads: $0) }
  }

  /// Several files of equal size as the channels of one image.
  ///
  /// As MONAI stacks them: along a new first axis, or joined along the channel axis where the files
  /// have one. What is known comes from the first.
  public static func read(_ paths: [String]) throws -> (tensor: Tensor, metadata: Metadata) {
    let image = try open(paths)
    return (image.tensor(1), image.metadata)
  }

  static func open(_ paths: [String]) throws -> Opened {
    guard let first = paths.first else { throw Fault(.data, "a list of no images has no channels") }
    if paths.count == 1 { return try open(first) }
    var images = [try read(first)]
    for path in paths.dropFirst() {
      let image = try read(path)
      guard image.tensor.shape == images[0].tensor.shape else {
        throw Fault(
          .shape, "images that are channels of one another differ in size",
          got: "\(image.tensor.shape) in \(path.quoted)",
          wanted: "\(images[0].tensor.shape) as in \(first.quoted)")
      }
      images.append(image)
    }
    var metadata = images[0].metadata
    let axis = metadata.originalChannelAxis
    metadata.originalChannelAxis = axis ?? 0
    let joined = join(images.map(\.tensor), axis: axis)
    return Opened(metadata: metadata) { _ in joined }
  }

  private static func join(_ tensors: [Tensor], axis: Int?) -> Tensor {
    var shape = tensors[0].shape
    // The channel axis is the last one when there is one, so each place holds a run of channels.
    let run = axis == nil ? tensors[0].count : shape[shape.count - 1]
    if axis == nil {
      shape.insert(tensors.count, at: 0)
    } else {
      shape[shape.count - 1] *= tensors.count
    }
    return Tensor(shape: shape, of: Float.self) { target in
      for (number, tensor) in tensors.enumerated() {
        tensor.withElements(of: Float.self) { source in
          for place in 0..<(source.count / max(run, 1)) {
            let to = (place * tensors.count + number) * run
            _ = target[to..<(to + run)].update(
              fromContentsOf: source[(place * run)..<((place + 1) * run)])
          }
        }
      }
    }
  }

  /// Size, type and position without reading voxels; for checks over a whole data set.
  public static func readHeader(_ path: String) throws -> (shape: [Int], metadata: Metadata) {
    try refuseOtherKinds(path)
    let source = try FileSource(path)
    let start = try source.bytes(at: 0, count: min(source.size, 8))
    if start.starts(with: NumPyFile.mark) {
      let shape = try NumPyFile.readHeader(source).shape
      return (shape, numPyMetadata(shape, path))
    }
    if start == PNG.signature {
      let header = try PNG.readHeader(source)
      return (header.shape, pngMetadata(header, path))
    }
    let header = try NIfTI.readHeader(path)
    return (header.shape, metadata(of: header, path))
  }

  private static func metadata(of header: NIfTI.Header, _ path: String) -> Metadata {
    Metadata(
      fileName: path, affine: header.affine,
      spatialShape: Array(header.shape.prefix(header.spatialRank)),
      originalChannelAxis: header.shape.count > header.spatialRank ? header.shape.count - 1 : nil)
  }

  private static func pngMetadata(_ header: PNG.Header, _ path: String) -> Metadata {
    Metadata(
      fileName: path, affine: .identity, spatialShape: Array(header.shape.prefix(2)),
      originalChannelAxis: header.shape.count > 2 ? 2 : nil)
  }

  /// MONAI takes all axes of an array for space.
  private static func numPyMetadata(_ shape: [Int], _ path: String) -> Metadata {
    Metadata(fileName: path, affine: .identity, spatialShape: shape)
  }

  /// Kinds people have that need another program first.
  private static func refuseOtherKinds(_ path: String) throws {
    switch Disk().kind(of: path) {
    case .folder:
      throw Fault.unsupported(
        "\(path.quoted) is a folder; a DICOM series has to be converted first",
        remedy: "dcm2niix -z y -f image -o OUT \(path)")
    case nil: throw Fault(.file, "there is no file \(path.quoted)")
    default: break
    }
    let suffix = PathName.suffix(of: path)
    let remedy: String
    switch suffix {
    case ".dcm", ".ima":
      let folder = PathName.folder(of: path)
      remedy = "dcm2niix -z y -f image -o OUT \(folder.isEmpty ? "." : folder)"
    case ".mha", ".mhd", ".nrrd", ".nhdr", ".hdr", ".img", ".gipl", ".mgz", ".mgh":
      let target = PathName.join(PathName.folder(of: path), PathName.stem(of: path) + ".nii.gz")
      remedy =
        "python -c \"import SimpleITK as s; s.WriteImage(s.ReadImage('\(path)'), '\(target)')\""
    default: return
    }
    throw Fault(
      .unsupported, "\(path.quoted) is a \(suffix) file, which has to be converted first",
      wanted: ".nii, .nii.gz, .png or .npy", remedy: remedy)
  }
}
