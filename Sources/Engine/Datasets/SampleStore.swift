import Components

/// Prepared cases in files of one folder: checkpoints (`.pt`) that name what they were made of.
struct SampleStore: Sendable {
  let folder: String

  /// Makes the folder where it is missing.
  init(folder: String) throws {
    self.folder = folder
    do throws(FileFailure) { try Disk().makeFolder(folder) } catch { throw error.writing(folder) }
  }

  /// Its name is a hash of the key (FNV-1a, 64 bits); the key itself is inside.
  func file(for key: String) -> String {
    let hash = key.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let digits = String(hash, radix: 16)
    return folder + "/" + String(repeating: "0", count: 16 - digits.count) + digits + ".pt"
  }

  /// Nil where there is none, and where the file is another key's.
  ///
  /// - Throws: `Fault` for a file that is damaged.
  func samples(for key: String) throws -> Samples? {
    let file = file(for: key)
    guard Disk().kind(of: file) == .file else { return nil }
    let state = try Checkpoint.read(file).dictionary()
    guard try state.string("key") == key else { return nil }
    let samples = try state.required("samples").list("samples").map { try Sample(state: $0) }
    if try state.bool("is_one"), samples.count == 1 { return .one(samples[0]) }
    return .many(samples)
  }

  /// Whole or not at all.
  ///
  /// - Returns: False for samples with entries that are no data.
  func keep(_ samples: Samples, for key: String) throws -> Bool {
    let states = samples.all.compactMap(\.state)
    guard states.count == samples.all.count else { return false }
    let isOne = if case .one = samples { true } else { false }
    try Checkpoint.write(
      .dict(
        StateDictionary([
          ("key", .string(key)), ("is_one", .bool(isOne)), ("samples", .list(states)),
        ])), to: file(for: key))
    return true
  }
}

extension Sample {
  /// Every entry as data, in order: name, what it is, and itself. Nil when one is no data.
  fileprivate var state: StateValue? {
    var entries: [StateValue] = []
    for key in keys {
      let (kind, value): (String, StateValue)
      switch self[key] {
      case .tensor(let tensor): (kind, value) = ("tensor", .tensor(tensor.plain))
      case .metadata(let metadata): (kind, value) = ("metadata", metadata.state)
      case .trace(let records):
        guard records.allSatisfy({ Value.dict($0.details).isData }) else { return nil }
        (kind, value) = ("trace", .list(records.map(\.state)))
      case .value(let given):
        guard given.isData else { return nil }
        (kind, value) = ("value", StateValue(given))
      case nil: continue
      }
      entries.append(.list([.string(key), .string(kind), value]))
    }
    return .list(entries)
  }

  fileprivate init(state: StateValue) throws {
    self.init()
    for entry in try state.list("sample") {
      let parts = try entry.list("entry")
      guard parts.count == 3, case .string(let key) = parts[0], case .string(let kind) = parts[1]
      else { throw StateValue.damaged("entry") }
      switch (kind, parts[2]) {
      case ("tensor", .tensor(let tensor)): self[key] = .tensor(tensor)
      case ("metadata", let value):
        self[key] = .metadata(try Metadata(state: value.dictionary(key)))
      case ("trace", let value):
        self[key] = .trace(try value.list(key).map { try TraceRecord(state: $0.dictionary(key)) })
      case ("value", let value): self[key] = .value(try Value(state: value))
      default: throw StateValue.damaged(key)
      }
    }
  }
}

extension Metadata {
  fileprivate var state: StateValue {
    .dict(
      StateDictionary([
        ("file_name", .string(fileName)), ("affine", StateValue(affine.value)),
        ("original_affine", StateValue(originalAffine.value)),
        ("spatial_shape", .list(spatialShape.map { .int($0) })),
        ("original_channel_axis", originalChannelAxis.map { .int($0) } ?? .none),
        ("patch_index", patchIndex.map { .int($0) } ?? .none),
        ("dtype", .string(dtype.rawValue)),
      ]))
  }

  fileprivate init(state: StateDictionary) throws {
    guard let dtype = DType(rawValue: try state.string("dtype")) else {
      throw StateValue.damaged("dtype")
    }
    self.init(
      fileName: try state.string("file_name"),
      affine: try Affine(argument: Value(state: state.required("affine"))),
      spatialShape: try [Int](argument: Value(state: state.required("spatial_shape"))),
      originalChannelAxis: try state.optionalInt("original_channel_axis"), dtype: dtype)
    originalAffine = try Affine(argument: Value(state: state.required("original_affine")))
    patchIndex = try state.optionalInt("patch_index")
  }
}

extension TraceRecord {
  fileprivate var state: StateValue {
    .dict(
      StateDictionary([
        ("transform", .string(transform)),
        ("original_shape", .list(originalShape.map { .int($0) })),
        ("details", StateValue(.dict(details))), ("is_applied", .bool(isApplied)),
      ]))
  }

  fileprivate init(state: StateDictionary) throws {
    guard case .dict(let details) = try Value(state: state.required("details")) else {
      throw StateValue.damaged("details")
    }
    self.init(
      transform: try state.string("transform"),
      originalShape: try [Int](argument: Value(state: state.required("original_shape"))),
      details: details, isApplied: try state.bool("is_applied"))
  }
}

extension StateDictionary {
  fileprivate func optionalInt(_ name: String) throws(Fault) -> Int? {
    if case .none = try required(name) { return nil }
    return try int(name)
  }
}

extension Value {
  /// Whether it comes back the same from a file.
  fileprivate var isData: Bool {
    switch self {
    case .none, .bool, .int, .double, .string: true
    case .list(let items), .tuple(let items): items.allSatisfy(\.isData)
    case .dict(let entries): entries.allSatisfy(\.value.isData)
    case .slice, .function, .object: false
    }
  }

  fileprivate init(state: StateValue) throws {
    switch state {
    case .none: self = .none
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .list(let items): self = .list(try items.map { try Value(state: $0) })
    case .tuple(let items): self = .tuple(try items.map { try Value(state: $0) })
    case .dict(let entries):
      self = .dict(
        ValueDictionary(
          try entries.names.map { ($0, try Value(state: entries.required($0))) }))
    case .tensor: throw StateValue.damaged("value")
    }
  }
}
