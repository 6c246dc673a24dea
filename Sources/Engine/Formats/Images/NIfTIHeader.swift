import Components

extension NIfTI {
  /// What a NIfTI file says about its voxels, checked against what can be.
  public struct Header: Sendable {
    /// Sizes in file order: x, y, z, then time or channels; 1 to 7 of them.
    public let shape: [Int]
    public let element: Element
    /// Voxel index → millimetres in RAS+, as nibabel computes it and MONAI 0.8.1 corrects it.
    public let affine: Affine
    /// Distance of neighbouring voxels along each axis, as the file has it.
    public let spacing: [Double]
    /// Value = stored × slope + intercept; nil where the file asks for no scaling.
    public let scaling: (slope: Double, intercept: Double)?
    /// Deviations that were put up with, one line each.
    public let notes: [String]

    let isBigEndian: Bool
    let voxelOffset: Int

    public var count: Int { shape.reduce(1, *) }
    /// Bytes of all voxels.
    var voxelBytes: Int { count * element.size }
    /// Axes that are space: at most three.
    public var spatialRank: Int { min(shape.count, 3) }

    static let maxSize = 540

    /// - Parameter start: at least the first 540 bytes, or all of a shorter file.
    init(_ start: [UInt8], path: String) throws {
      let fields = try RawHeader(start, path: path)
      var notes: [String] = []
      shape = try fields.shape()
      element = try fields.element(&notes)
      voxelOffset = try fields.voxelOffset()
      scaling = try fields.scaling()
      spacing = fields.spacing(rank: shape.count)
      affine = try NIfTIAffine(fields, shape: shape, path: path).resolved(&notes)
      isBigEndian = fields.isBigEndian
      self.notes = notes
      let (count, overflow) = shape.reduce((1, false)) { total, size in
        let (product, overflow) = total.0.multipliedReportingOverflow(by: size)
        return (product, total.1 || overflow)
      }
      let (bytes, tooMany) = count.multipliedReportingOverflow(by: element.size)
      guard !overflow, !tooMany, bytes <= Int.max / 2 else {
        throw Fault.damaged(path, "its header declares the size \(shape)")
      }
    }
  }
}

/// The fields of either version at their places.
struct RawHeader {
  let isBigEndian: Bool
  let isVersion2: Bool
  private let bytes: [UInt8]
  private let path: String

  init(_ bytes: [UInt8], path: String) throws {
    (self.bytes, self.path) = (bytes, path)
    guard let size = bytes.number(Int32.self, at: 0), bytes.count >= 348 else {
      throw Fault.damaged(path, "it has \(bytes.count) bytes, a NIfTI header has 348 or 540")
    }
    switch (size, size.byteSwapped) {
    case (348, _): (isBigEndian, isVersion2) = (false, false)
    case (540, _): (isBigEndian, isVersion2) = (false, true)
    case (_, 348): (isBigEndian, isVersion2) = (true, false)
    case (_, 540): (isBigEndian, isVersion2) = (true, true)
    default: throw Fault(.format, "\(path.quoted) is not a NIfTI file")
    }
    guard !isVersion2 || bytes.count >= 540 else {
      throw Fault.damaged(path, "it has \(bytes.count) bytes, its header has 540")
    }
    try checkMagic()
  }

  private func checkMagic() throws {
    let place = isVersion2 ? 4 : 344
    let magic = Array(bytes[place..<(place + (isVersion2 ? 8 : 4))])
    let number = UInt8(ascii: isVersion2 ? "2" : "1")
    let tail: [UInt8] = isVersion2 ? [0, 0x0d, 0x0a, 0x1a, 0x0a] : [0]
    if magic == [UInt8(ascii: "n"), UInt8(ascii: "+"), number] + tail { return }
    if magic == [UInt8(ascii: "n"), UInt8(ascii: "i"), number] + tail {
      throw Fault.unsupported(
        "\(path.quoted) keeps its voxels in a second file (.hdr and .img)",
        remedy: "join them: python -c \"import nibabel as n; n.save(n.load('a.hdr'), 'a.nii.gz')\"")
    }
    throw Fault.damaged(path, "its NIfTI mark is missing; Analyze files are not read")
  }

  private func number<T: FixedWidthInteger>(_ type: T.Type, _ offset: Int) -> T {
    bytes.number(type, at: offset, isBigEndian: isBigEndian) ?? 0
  }
  private func float(_ offset: Int) -> Double {
    Double(Float(bitPattern: number(UInt32.self, offset)))
  }
  private func double(_ offset: Int) -> Double { Double(bitPattern: number(UInt64.self, offset)) }
  /// The `index`th of consecutive floats at the place of either version.
  private func real(_ version1: Int, _ version2: Int, _ index: Int = 0) -> Double {
    isVersion2 ? double(version2 + 8 * index) : float(version1 + 4 * index)
  }

  /// `dim`
  func shape() throws -> [Int] {
    let dim = (0..<8).map { index in
      isVersion2
        ? Int(number(Int64.self, 16 + 8 * index)) : Int(number(Int16.self, 40 + 2 * index))
    }
    guard (1...7).contains(dim[0]) else {
      throw Fault.damaged(path, "its header declares \(dim[0]) dimensions, 1 to 7 are possible")
    }
    let shape = Array(dim[1...dim[0]])
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw Fault.damaged(path, "its header declares the size \(shape)")
    }
    return shape
  }

  func element(_ notes: inout [String]) throws -> NIfTI.Element {
    let code = number(Int16.self, isVersion2 ? 12 : 70)
    guard let element = NIfTI.Element(rawValue: code) else {
      let names: [Int16: String] = [
        1: "bits", 32: "complex numbers", 128: "RGB colours", 1536: "128-bit floats",
        1792: "complex numbers", 2048: "complex numbers", 2304: "RGBA colours",
      ]
      guard let name = names[code] else {
        throw Fault.damaged(path, "its header declares the unknown data type \(code)")
      }
      throw Fault.unsupported(
        "\(path.quoted) holds \(name); images of real numbers are read",
        remedy: "convert it first, for instance with nibabel or SimpleITK")
    }
    let bits = Int(number(Int16.self, isVersion2 ? 14 : 72))
    if bits != element.size * 8 {
      notes.append("bitpix is \(bits), but \(element) has \(element.size * 8) bits")
    }
    return element
  }

  func voxelOffset() throws -> Int {
    let least = isVersion2 ? 544 : 352
    let offset = isVersion2 ? Int(exactly: number(Int64.self, 168)) : Int(exactly: float(108))
    guard let offset, offset >= least, offset <= 1 << 40 else {
      let got = isVersion2 ? "\(number(Int64.self, 168))" : "\(float(108))"
      throw Fault.damaged(path, "its voxels cannot begin at byte \(got)")
    }
    return offset
  }

  /// `scl_slope` and `scl_inter`; a slope of 0, NaN or infinity means none.
  func scaling() throws -> (slope: Double, intercept: Double)? {
    let slope = real(112, 176)
    let intercept = real(116, 184)
    if slope == 0 || !slope.isFinite { return nil }
    guard intercept.isFinite else {
      throw Fault.damaged(path, "its scl_inter is \(intercept)")
    }
    return slope == 1 && intercept == 0 ? nil : (slope, intercept)
  }

  /// `pixdim[1...rank]`
  func spacing(rank: Int) -> [Double] { (1...rank).map { real(76, 104, $0) } }
  /// `pixdim[0]`: whether the third axis is mirrored.
  var qfac: Double { real(76, 104) == -1 ? -1 : 1 }
  var qformCode: Int {
    isVersion2 ? Int(number(Int32.self, 344)) : Int(number(Int16.self, 252))
  }
  var sformCode: Int {
    isVersion2 ? Int(number(Int32.self, 348)) : Int(number(Int16.self, 254))
  }
  /// b, c, d, then the offsets x, y, z.
  var quaternion: [Double] { (0..<6).map { real(256, 352, $0) } }
  /// Three rows of four.
  var rows: [[Double]] {
    (0..<3).map { row in (0..<4).map { real(280, 400, row * 4 + $0) } }
  }
}
