import Components

/// Named tensors in a safetensors file, and the text written beside them.
///
/// A file is data by construction; this reader also refuses what the reference implementation does
/// (holes, overlaps, sizes that do not fit) and keys that occur twice.
public struct SafeTensors: Sendable {
  /// Names in the order of their bytes.
  public private(set) var names: [String] = []
  public var metadata: [String: String]
  private var tensors: [String: Tensor] = [:]

  private static let maxHeader = 100_000_000
  private static let maxNames = 1_000_000

  public init(_ tensors: [(String, Tensor)] = [], metadata: [String: String] = [:]) {
    self.metadata = metadata
    for (name, tensor) in tensors { self[name] = tensor }
  }

  public subscript(name: String) -> Tensor? {
    get { tensors[name] }
    set {
      if tensors[name] == nil, newValue != nil { names.append(name) }
      if newValue == nil { names.removeAll { $0 == name } }
      tensors[name] = newValue
    }
  }

  /// - Throws: `Fault` of kind `file`, `format`, `limit` or `unsupported` that names the file.
  public static func read(_ path: String) throws -> SafeTensors { try read(FileSource(path)) }

  static func read(_ source: any ByteSource) throws -> SafeTensors {
    let path = source.path
    guard
      let count = try source.bytes(at: 0, count: min(8, source.size)).number(UInt64.self, at: 0),
      count <= maxHeader, Int(count) <= source.size - 8
    else { throw Fault.damaged(path, "its header does not fit into it") }
    let header = try source.bytes(at: 8, count: Int(count))
    guard header.first == UInt8(ascii: "{") else {
      throw Fault(.format, "\(path.quoted) is not a safetensors file")
    }
    var parser = JSONParser(header, source: path, isRefusingDuplicates: true)
    guard case .dict(let root) = try parser.document() else {
      throw Fault(.format, "\(path.quoted) is not a safetensors file")
    }
    guard root.count <= maxNames else {
      throw Fault(.limit, "\(path.quoted) has more than \(maxNames) tensors")
    }
    var result = SafeTensors(metadata: try metadata(root["__metadata__"], path))
    let entries = try root.filter { $0.key != "__metadata__" }
      .map { try Entry($0.key, $0.value, path) }
      .sorted { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
    var end = 0
    for entry in entries {
      guard entry.start == end else {
        throw Fault.damaged(path, "the bytes of \(entry.name.quoted) do not follow the last ones")
      }
      end = entry.end
    }
    guard end == source.size - 8 - Int(count) else {
      throw Fault.damaged(path, "its tensors have \(end) bytes, it \(source.size - 8 - Int(count))")
    }
    for entry in entries {
      let raw = Storage(byteCount: entry.end - entry.start)
      try source.read(at: 8 + Int(count) + entry.start, into: raw.bytes)
      let elements = entry.shape.reduce(1, *)
      result[entry.name] = try entry.element.decode(raw, count: elements, path: path)
        .reshaped(entry.shape)
    }
    return result
  }

  private static func metadata(_ value: Value?, _ path: String) throws -> [String: String] {
    guard let value else { return [:] }
    guard case .dict(let entries) = value else {
      throw Fault.damaged(path, "its metadata is no object")
    }
    var metadata: [String: String] = [:]
    for (key, value) in entries {
      guard case .string(let text) = value else {
        throw Fault.damaged(path, "its metadata \(key.quoted) is no text")
      }
      metadata[key] = text
    }
    return metadata
  }

  /// Writes whole or not at all (see `AtomicFile`), in the order of the reference implementation:
  /// wide elements first, then by name.
  public func write(to path: String, on fileSystem: any FileSystem = Disk()) throws {
    let order = tensors.sorted {
      ($1.value.dtype.size, $0.key) < ($0.value.dtype.size, $1.key)
    }
    var root = ValueDictionary()
    if !metadata.isEmpty {
      let sorted = metadata.sorted { $0.key < $1.key }
      root["__metadata__"] = .dict(ValueDictionary(sorted.map { ($0.key, .string($0.value)) }))
    }
    var offset = 0
    for (name, tensor) in order {
      guard tensor.layout == .plain else {
        throw Fault(.state, "the tensor \(name.quoted) is still in blocks and cannot be saved")
      }
      let end = offset + tensor.count * tensor.dtype.size
      root[name] = .dict([
        "dtype": .string(tensor.dtype.safeTensorsName),
        "shape": .list(tensor.shape.map { .int($0) }),
        "data_offsets": .list([.int(offset), .int(end)]),
      ])
      offset = end
    }
    var header = Array(try JSONFile.text(of: .dict(root)).utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    var start: [UInt8] = []
    start.append(littleEndian: UInt64(header.count))
    try AtomicFile.write(to: path, on: fileSystem) { sink in
      try sink.write(start + header)
      for (_, tensor) in order { try tensor.withUnsafeBytes { try sink.write($0) } }
    }
  }

  private struct Entry {
    let name: String
    let element: TorchElement
    let shape: [Int]
    let start: Int
    let end: Int

    init(_ name: String, _ value: Value, _ path: String) throws {
      func damaged(_ what: String) -> Fault {
        Fault.damaged(path, "the tensor \(name.quoted) \(what)")
      }
      guard case .dict(let fields) = value, case .string(let code)? = fields["dtype"],
        let shape = Self.ints(fields["shape"]), let offsets = Self.ints(fields["data_offsets"]),
        offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1]
      else { throw damaged("is not described") }
      guard let element = TorchElement(safeTensorsName: code) else {
        throw damaged("has the unknown type \(code.quoted)")
      }
      var size = element.size
      for length in shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: length)
        guard length >= 0, !overflow else { throw damaged("has the shape \(shape)") }
        size = product
      }
      guard size == offsets[1] - offsets[0] else {
        throw damaged("has \(offsets[1] - offsets[0]) bytes, not the \(size) of its shape")
      }
      (self.name, self.element, self.shape) = (name, element, shape)
      (start, end) = (offsets[0], offsets[1])
    }

    private static func ints(_ value: Value?) -> [Int]? {
      guard case .list(let items)? = value else { return nil }
      let numbers = items.compactMap { item -> Int? in
        if case .int(let number) = item { number } else { nil }
      }
      return numbers.count == items.count ? numbers : nil
    }
  }
}

extension TorchElement {
  fileprivate init?(safeTensorsName name: String) {
    let names: [String: TorchElement] = [
      "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16, "I64": .int64,
      "I32": .int32, "I16": .int16, "I8": .int8, "U8": .uint8, "BOOL": .bool, "U16": .uint16,
      "U32": .uint32, "U64": .uint64, "F8_E4M3": .float8_e4m3fn, "F8_E5M2": .float8_e5m2,
    ]
    guard let element = names[name] else { return nil }
    self = element
  }
}

extension DType {
  fileprivate var safeTensorsName: String {
    switch self {
    case .float32: "F32"
    case .bfloat16: "BF16"
    case .float64: "F64"
    case .int64: "I64"
    case .int32: "I32"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }
}
