import Components

/// Files that PyTorch wrote before 1.6: four pickles, the storages' names, then their bytes.
enum LegacyCheckpoint {
  private static let mark: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
  private static let maxPickles = 64 << 20

  static func read(_ source: any ByteSource) throws -> StateValue {
    let front = try source.bytes(at: 0, count: min(source.size, maxPickles))
    var position = 0
    func next<Result>(_ body: (PickleValue) throws -> Result) throws -> Result {
      var reader = PickleReader(front, at: position, path: source.path)
      let result = try reader.read(body)
      position = reader.position
      return result
    }
    let isMarked = try next { value in
      if case .long(let digits) = value { return digits == mark }
      return false
    }
    guard isMarked, try next({ $0.int }) == 1001 else {
      throw Fault(
        .format, "\(source.path.quoted) is a pickle, but not a PyTorch checkpoint",
        wanted: "a file written by torch.save")
    }
    let isBigEndian = try next { value in
      guard case .node(let node) = value, node.kind == .dict else {
        throw Fault.damaged(source.path, "the description of its system is missing")
      }
      for index in stride(from: 0, to: node.items.count - 1, by: 2)
      where node.items[index].string == "little_endian" {
        if case .bool(false) = node.items[index + 1] { return true }
      }
      return false
    }
    // The bytes come after the object that names them: find where first, then read it again.
    let objectPosition = position
    var reader = PickleReader(front, at: position, path: source.path)
    try reader.read { _ in }
    position = reader.position
    let keys = try next { value in (value.items ?? []).compactMap(\.string) }
    let places = try places(of: keys, reader.storages, after: position, source)
    let records = TensorReader.Records(
      byteCount: { try find($0, places, source).count },
      read: { try source.read(at: find($0, places, source).lowerBound, into: $1) })
    let tensors = TensorReader(
      path: source.path, fileSize: source.size, isBigEndian: isBigEndian, records: records)
    position = objectPosition
    return try next { value in
      var state = PickleState(path: source.path, tensors: tensors)
      return try state.state(value)
    }
  }

  private static func find(
    _ reference: StorageReference, _ places: [String: Range<Int>], _ source: any ByteSource
  ) throws -> Range<Int> {
    guard let place = places[reference.key] else {
      throw Fault.damaged(source.path, "the storage \(reference.key) is missing")
    }
    return place
  }

  /// Each storage is its number of elements and then its bytes.
  private static func places(
    of keys: [String], _ storages: [String: StorageReference], after start: Int,
    _ source: any ByteSource
  ) throws -> [String: Range<Int>] {
    var places: [String: Range<Int>] = [:]
    var offset = start
    for key in keys {
      guard let storage = storages[key], offset <= source.size - 8,
        let count = try source.bytes(at: offset, count: 8).number(Int64.self, at: 0)
      else { throw Fault.damaged(source.path, "the storage \(key) is missing") }
      let width = storage.element?.size ?? 1
      let (size, overflow) = Int(count).multipliedReportingOverflow(by: width)
      guard count >= 0, !overflow, size <= source.size - offset - 8 else {
        throw Fault.damaged(source.path, "the storage \(key) does not fit into it")
      }
      places[key] = (offset + 8)..<(offset + 8 + size)
      offset += 8 + size
    }
    return places
  }
}
