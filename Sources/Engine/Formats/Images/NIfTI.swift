import CKernels
import Components

/// Reads and writes NIfTI-1 and NIfTI-2 images, plain or gzipped (`.nii`, `.nii.gz`).
///
/// Voxels come as float32 in tensor order: `[x, y, z]`, further axes last, scaled by `scl_slope` and
/// `scl_inter`; the orientation is the file's. Nothing is allocated before the sizes in the header
/// have been compared with the bytes that are there. Values and affine are those of nibabel 5.2
/// under MONAI 0.8.1's NibabelReader.
public enum NIfTI {
  /// The header alone, without reading voxels.
  public static func readHeader(_ path: String) throws -> Header {
    try header(of: FileSource(path)).header
  }

  /// - Throws: `Fault` of kind `file`, `format` or `unsupported` that names the file.
  public static func read(_ path: String) throws -> (tensor: Tensor, header: Header) {
    try read(FileSource(path))
  }

  static func read(_ source: any ByteSource) throws -> (tensor: Tensor, header: Header) {
    let image = try open(source)
    return (image.tensor(threads: 1), image.header)
  }

  /// An image whose voxels are in memory as the file has them.
  struct Opened: Sendable {
    let header: Header
    fileprivate let bytes: Storage
    fileprivate let start: Int

    /// In tensor order and scaled.
    func tensor(threads: Int) -> Tensor {
      let dims = header.shape.map(Int64.init)
      let scaling = header.scaling
      let voxels = bytes.bytes.baseAddress.map { $0 + start }
      let tensor = Tensor(shape: header.shape, of: Float.self) { target in
        parallelFor(header.shape[0], threads: threads, grain: NIfTI.grain) { part in
          voxels_to_tensor(
            voxels, header.element.voxelType, dims, Int32(dims.count), scaling == nil ? 0 : 1,
            scaling?.slope ?? 1, scaling?.intercept ?? 0, Int64(part.lowerBound),
            Int64(part.upperBound), target.baseAddress)
        }
      }
      return withExtendedLifetime(bytes) { tensor }
    }
  }

  /// Places on the first axis that one thread takes at a time: whole tiles of the conversion.
  private static let grain = 32

  static func open(_ source: any ByteSource) throws -> Opened {
    let (header, isPacked) = try header(of: source)
    let (end, overflow) = header.voxelOffset.addingReportingOverflow(header.voxelBytes)
    if overflow { throw Fault.damaged(source.path, "its header declares the size \(header.shape)") }
    let bytes: Storage
    var start = 0
    if isPacked {
      bytes = try Gzip.inflate(source, count: end)
      start = header.voxelOffset
    } else {
      guard end <= source.size else {
        throw Fault.damaged(
          source.path, "it has \(source.size) bytes, its header declares \(end)")
      }
      bytes = Storage(byteCount: header.voxelBytes)
      try source.read(at: header.voxelOffset, into: bytes.bytes)
    }
    let voxels = UnsafeMutableRawBufferPointer(
      rebasing: bytes.bytes[start..<(start + header.voxelBytes)])
    if header.isBigEndian, header.element.size > 1 {
      voxels_swap(voxels.baseAddress, Int64(header.count), Int64(header.element.size))
    }
    return Opened(header: header, bytes: bytes, start: start)
  }

  private static func header(
    of source: any ByteSource
  ) throws -> (header: Header, isPacked: Bool) {
    let start = try source.bytes(at: 0, count: min(Header.maxSize, source.size))
    if source.size == 0 { throw Fault.damaged(source.path, "it is empty") }
    guard Gzip.isGzip(start) else { return (try Header(start, path: source.path), false) }
    let unpacked = try Gzip.prefix(of: source, count: Header.maxSize)
    return (try Header(unpacked, path: source.path), true)
  }

  /// Writes a tensor in axis order `[x, y, z, …]`, whole or not at all (see `AtomicFile`).
  ///
  /// Gzipped when the path ends in `.gz`. Values are not scaled; integers are cut towards zero. As
  /// nibabel under MONAI's savers, units are left unknown; both forms hold the affine, the qform
  /// only where it can.
  /// - Parameters:
  ///   - element: the type in the file; by default the tensor's own.
  ///   - threads: how many convert and deflate; the file does not depend on it.
  public static func write(
    _ tensor: Tensor, affine: Affine, as element: Element? = nil, to path: String,
    threads: Int = 1, on fileSystem: any FileSystem = Disk()
  ) throws {
    let element = element ?? Element(tensor.dtype)
    try write(
      shape: tensor.shape, element: element, affine: affine, to: path, threads: threads,
      on: fileSystem
    ) { voxels in
      let dims = tensor.shape.isEmpty ? [1] : tensor.shape.map(Int64.init)
      tensor.withUnsafeBytes { numbers in
        parallelFor(Int(dims[0]), threads: threads, grain: grain) { part in
          voxels_to_file(
            numbers.baseAddress, tensor.dtype.voxelType, dims, Int32(dims.count),
            Int64(part.lowerBound), Int64(part.upperBound), voxels.baseAddress, element.voxelType)
        }
      }
    }
  }

  /// As above, for voxels that `fill` makes in file order (first axis fastest).
  static func write(
    shape: [Int], element: Element, affine: Affine, to path: String, threads: Int = 1,
    on fileSystem: any FileSystem = Disk(), fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws {
    guard (1...7).contains(shape.count), shape.allSatisfy({ $0 > 0 }) else {
      throw Fault(
        .shape, "an image of shape \(shape) cannot be written to \(path.quoted)",
        wanted: "1 to 7 axes, none empty")
    }
    let header = try headerBytes(shape: shape, element: element, affine: affine, path: path)
    let storage = Storage(byteCount: header.count + shape.reduce(element.size, *))
    storage.bytes.copyBytes(from: header)
    fill(UnsafeMutableRawBufferPointer(rebasing: storage.bytes[header.count...]))
    try AtomicFile.write(to: path, on: fileSystem) { sink in
      if PathName.name(of: path).hasSuffix(".gz") {
        try sink.write(Gzip.deflate(UnsafeRawBufferPointer(storage.bytes), threads: threads))
      } else {
        try sink.write(UnsafeRawBufferPointer(storage.bytes))
      }
    }
  }

  /// NIfTI-1, or NIfTI-2 when an axis is too long for it; with the four bytes that say that no
  /// extension follows.
  private static func headerBytes(
    shape: [Int], element: Element, affine: Affine, path: String
  ) throws -> [UInt8] {
    guard let rotation = NIfTIRotation(affine) else {
      throw Fault(
        .invalid, "the affine for \(path.quoted) is singular", got: "\(affine.rows)")
    }
    let isLong = shape.contains { $0 > Int(Int16.max) }
    let dim = [shape.count] + shape + [Int](repeating: 1, count: 7 - shape.count)
    let pixdim = [rotation.qfac] + rotation.spacing + [1, 1, 1, 1]
    var bytes = [UInt8](repeating: 0, count: isLong ? 544 : 352)
    func put<T: FixedWidthInteger>(_ number: T, _ offset: Int) {
      withUnsafeBytes(of: number.littleEndian) {
        bytes.replaceSubrange(offset..<(offset + $0.count), with: $0)
      }
    }
    func put(_ numbers: [Double], _ version1: Int, _ version2: Int) {
      for (index, number) in numbers.enumerated() {
        if isLong {
          put(number.bitPattern, version2 + 8 * index)
        } else {
          put(Float(number).bitPattern, version1 + 4 * index)
        }
      }
    }
    put(Int32(isLong ? 540 : 348), 0)
    let mark: [UInt8] = Array((isLong ? "n+2\0\r\n\u{1a}\n" : "n+1\0").utf8)
    bytes.replaceSubrange((isLong ? 4 : 344)..<(isLong ? 12 : 348), with: mark)
    for (index, size) in dim.enumerated() {
      if isLong { put(Int64(size), 16 + 8 * index) } else { put(Int16(size), 40 + 2 * index) }
    }
    put(element.rawValue, isLong ? 12 : 70)
    put(Int16(element.size * 8), isLong ? 14 : 72)
    put(pixdim, 76, 104)
    if isLong { put(Int64(544), 168) } else { put([352], 108, 0) }
    put([1, 0], 112, 176)
    let qformCode = rotation.matches(affine) ? 1 : 0
    if isLong {
      put(Int32(qformCode), 344)
      put(Int32(1), 348)
    } else {
      put(Int16(qformCode), 252)
      put(Int16(1), 254)
    }
    put(rotation.quaternion + rotation.offset, 256, 352)
    put(Array(affine.rows[0..<3].joined()), 280, 400)
    return bytes
  }
}
