import Components

/// Reads and writes PyTorch checkpoints (`.pt`): a dictionary of state, or one bare `state_dict`.
///
/// Files of PyTorch 1.x and 2.x open, zipped or in the older form; files written here load with
/// `torch.load` of either, also with `weights_only=True`. A checkpoint is data: no code in it is run.
public enum Checkpoint {
  private static let maxPickle = 256 << 20

  /// - Throws: `Fault` of kind `file`, `format`, `limit` or `unsupported` that names the file.
  public static func read(_ path: String) throws -> StateValue { try read(FileSource(path)) }

  static func read(_ source: any ByteSource) throws -> StateValue {
    let start = try source.bytes(at: 0, count: min(4, source.size))
    if start.starts(with: Array("PK".utf8)) { return try readArchive(source) }
    if start.first == 0x80 { return try LegacyCheckpoint.read(source) }
    throw Fault(
      .format, "\(source.path.quoted) is not a PyTorch checkpoint",
      got: source.size == 0 ? "an empty file" : "a file that begins with \(start)",
      wanted: "a file written by torch.save or by a CheckpointSaver")
  }

  /// Writes whole or not at all (see `AtomicFile`).
  public static func write(
    _ state: StateValue, to path: String, on fileSystem: any FileSystem = Disk()
  ) throws {
    try AtomicFile.write(to: path, on: fileSystem) { try write(state, to: $0) }
  }

  /// Writes into a file that somebody else makes and names, for instance `RunFiles`.
  public static func write(_ state: StateValue, to sink: FileSink) throws {
    let pickle = try PickleWriter(state)
    var archive = ZipWriter(sink)
    try archive.add("archive/data.pkl", pickle.bytes)
    try archive.add("archive/.format_version", Array("1".utf8))
    try archive.add("archive/.storage_alignment", Array("64".utf8))
    try archive.add("archive/byteorder", Array("little".utf8))
    for (number, tensor) in pickle.tensors.enumerated() {
      try tensor.withUnsafeBytes { try archive.add("archive/data/\(number)", $0) }
    }
    try archive.add("archive/version", Array("3\n".utf8))
    try archive.add("archive/.data/serialization_id", serializationID(archive))
    try archive.finish()
  }

  private static func readArchive(_ source: any ByteSource) throws -> StateValue {
    let archive = try ZipArchive(source)
    guard let first = archive.names.first, let slash = first.firstIndex(of: "/") else {
      throw Fault.damaged(source.path, "its records are not in a folder")
    }
    let folder = first[...slash]
    guard archive.names.allSatisfy({ $0.hasPrefix(folder) }) else {
      throw Fault.damaged(source.path, "its records are in more than one folder")
    }
    if archive[folder + "constants.pkl"] != nil {
      throw Fault(
        .format, "\(source.path.quoted) is a TorchScript archive, not a checkpoint",
        remedy: "in Python: torch.save(torch.jit.load(path).state_dict(), 'model.pt')")
    }
    let version = try text(of: folder + "version", in: archive)
    guard let number = Int(version), (1...10).contains(number) else {
      throw Fault.unsupported("\(source.path.quoted) has the unknown version \(version.quoted)")
    }
    var isBigEndian = false
    if archive[folder + "byteorder"] != nil {
      let order = try text(of: folder + "byteorder", in: archive)
      guard order == "little" || order == "big" else {
        throw Fault.damaged(source.path, "its byte order is \(order.quoted)")
      }
      isBigEndian = order == "big"
    }
    let records = TensorReader.Records(
      byteCount: { try archive.require("\(folder)data/\($0.key)").count },
      read: { try archive.read(archive.require("\(folder)data/\($0.key)"), into: $1) })
    let tensors = TensorReader(
      path: source.path, fileSize: source.size, isBigEndian: isBigEndian, records: records)
    let pickle = try archive.bytes(
      of: archive.require(folder + "data.pkl"), limit: min(maxPickle, source.size + (1 << 20)))
    var reader = PickleReader(pickle, path: source.path)
    return try reader.read { value in
      var state = PickleState(path: source.path, tensors: tensors)
      return try state.state(value)
    }
  }

  private static func text(of name: String, in archive: ZipArchive) throws -> String {
    let bytes = try archive.bytes(of: archive.require(name), limit: 64)
    let line = bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...]
    return String(decoding: line, as: UTF8.self)
  }

  /// 40 digits that differ when names or contents differ: FNV-1a of the names, then of the CRCs.
  private static func serializationID(_ archive: ZipWriter) -> [UInt8] {
    let names = digits(archive.names.joined(separator: [0]))
    var checksums: [UInt8] = []
    for checksum in archive.checksums { checksums.append(littleEndian: checksum) }
    return Array((names + digits(checksums)).utf8)
  }

  private static func digits(_ bytes: some Sequence<UInt8>) -> String {
    let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }
}
