import CKernels
import Components

/// Reads arrays that numpy saved (`.npy`, versions 1 to 3); pickled objects are refused.
enum NumPyFile {
  static let mark: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// As float32 in the order of the axes numpy shows.
  static func read(_ source: any ByteSource) throws -> Tensor {
    let header = try readHeader(source)
    let count = header.shape.reduce(1, *)
    let bytes = Storage(byteCount: count * header.element.size)
    try source.read(at: header.dataOffset, into: bytes.bytes)
    if header.isBigEndian, header.element.size > 1 {
      voxels_swap(bytes.bytes.baseAddress, Int64(count), Int64(header.element.size))
    }
    // The loop turns the first axis into the last. Data in that order already is one long axis.
    let dims = header.isFortranOrder ? header.shape.map(Int64.init) : [Int64(count)]
    return Tensor(shape: header.shape, of: Float.self) { target in
      guard count > 0 else { return }
      voxels_to_tensor(
        bytes.bytes.baseAddress, header.element.voxelType, dims.isEmpty ? [1] : dims,
        Int32(max(dims.count, 1)), 0, 1, 0, 0, dims.first ?? 1, target.baseAddress)
    }
  }

  struct Header {
    let shape: [Int]
    let element: NIfTI.Element
    let isBigEndian: Bool
    let isFortranOrder: Bool
    let dataOffset: Int
  }

  static func readHeader(_ source: any ByteSource) throws -> Header {
    let path = source.path
    let start = try source.bytes(at: 0, count: min(12, source.size))
    guard start.count == 12, start.starts(with: mark), (1...3).contains(start[6]) else {
      throw Fault.damaged(path, "it is no array of numpy")
    }
    let isShort = start[6] == 1
    let offset = isShort ? 10 : 12
    let count = Int(
      isShort
        ? UInt32(start.number(UInt16.self, at: 8) ?? 0)
        : start.number(UInt32.self, at: 8) ?? 0)
    guard count <= 1 << 16 else { throw Fault.damaged(path, "its header has \(count) bytes") }
    let text = String(decoding: try source.bytes(at: offset, count: count), as: UTF8.self)
    guard let type = field("descr", in: text), type.count >= 4,
      let order = field("fortran_order", in: text), let shapeText = field("shape", in: text),
      let shape = Self.shape(shapeText), ["True", "False"].contains(order)
    else { throw Fault.damaged(path, "its header is no description of an array") }
    let code = String(type.dropFirst().dropLast())
    guard let element = elements[String(code.dropFirst())], "<>|=".contains(code.prefix(1)) else {
      throw Fault.unsupported("\(path.quoted) holds \(type), not an array of numbers")
    }
    var size = element.size
    for length in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      guard !overflow else { throw Fault.damaged(path, "its header declares the shape \(shape)") }
      size = product
    }
    guard size == source.size - offset - count else {
      throw Fault.damaged(
        path, "it has \(source.size - offset - count) bytes of data, its header declares \(size)")
    }
    return Header(
      shape: shape, element: element, isBigEndian: code.hasPrefix(">"),
      isFortranOrder: order == "True", dataOffset: offset + count)
  }

  private static let elements: [String: NIfTI.Element] = [
    "u1": .uint8, "b1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32,
    "i4": .int32, "u8": .uint64, "i8": .int64, "f4": .float32, "f8": .float64,
  ]

  /// The literal behind a key of the header's dictionary: `'<f4'`, `False`, `(3, 4)`.
  private static func field(_ key: String, in text: String) -> String? {
    let parts = text.split(separator: "'\(key)':", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let value = parts[1].drop { $0 == " " }
    switch value.first {
    case "'": return value.dropFirst().firstIndex(of: "'").map { String(value[...$0]) }
    case "(": return value.firstIndex(of: ")").map { String(value[...$0]) }
    default: return String(value.prefix { $0.isLetter })
    }
  }

  private static func shape(_ text: String) -> [Int]? {
    guard text.hasPrefix("("), text.hasSuffix(")") else { return nil }
    let parts = text.dropFirst().dropLast().split(separator: ",")
      .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let numbers = parts.compactMap { Int($0) }
    return numbers.count == parts.count && numbers.allSatisfy { $0 >= 0 } && numbers.count <= 32
      ? numbers : nil
  }
}
