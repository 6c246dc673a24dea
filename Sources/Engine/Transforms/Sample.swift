import Components

/// One case on its way through the transforms: named images with what is known about them.
///
/// Keys are MONAI 0.8's: `image`, beside it `image_meta_dict` and, once something invertible was
/// applied, `image_transforms`.
public struct Sample: Sendable {
  public enum Entry: Sendable {
    /// Channel first after EnsureChannelFirstd: `[C, spatial…]`.
    case tensor(Tensor)
    case metadata(Metadata)
    case trace([TraceRecord])
    case value(Value)
  }

  public private(set) var keys: [String] = []
  private var entries: [String: Entry] = [:]

  public init() {}

  /// A case as a data list holds it.
  public init(_ values: ValueDictionary) {
    for (key, value) in values { self[key] = .value(value) }
  }

  public subscript(key: String) -> Entry? {
    get { entries[key] }
    set {
      if let newValue {
        if entries.updateValue(newValue, forKey: key) == nil { keys.append(key) }
      } else if entries.removeValue(forKey: key) != nil {
        keys.removeAll { $0 == key }
      }
    }
  }

  public static func metadataKey(_ key: String) -> String { key + "_meta_dict" }
  public static func traceKey(_ key: String) -> String { key + "_transforms" }
}

extension Sample {
  public func tensor(_ key: String) -> Tensor? {
    if case .tensor(let tensor) = self[key] { tensor } else { nil }
  }

  /// The metadata stored under `key` itself: `image_meta_dict`.
  public func metadata(_ key: String) -> Metadata? {
    if case .metadata(let metadata) = self[key] { metadata } else { nil }
  }

  /// What invertible transforms left about the image `key`, oldest first.
  public func trace(of key: String) -> [TraceRecord] {
    if case .trace(let records) = self[Self.traceKey(key)] { records } else { [] }
  }

  mutating func push(_ record: TraceRecord, key: String) {
    self[Self.traceKey(key)] = .trace(trace(of: key) + [record])
  }

  /// An image as float32, plain, for a transform to read.
  func image(_ key: String) throws(Fault) -> Tensor {
    switch self[key] {
    case .tensor(let tensor): return tensor.asFloat32
    case .value: throw Self.notLoaded(key, kind: "value of the data list")
    case .metadata, .trace: throw Self.notLoaded(key, kind: "record about an image")
    case nil: throw Self.missing(key, among: keys)
    }
  }

  /// Like `image`, with the channel axis and two or three spatial axes checked.
  func channelFirst(_ key: String) throws(Fault) -> Tensor {
    let tensor = try image(key)
    guard 3...4 ~= tensor.rank else {
      throw Fault(
        .shape, "\(key.quoted) is not a channel-first image", got: "\(tensor.shape)",
        wanted: "[channels, x, y] or [channels, x, y, z]",
        remedy: "put EnsureChannelFirstd after LoadImaged")
    }
    return tensor
  }

  /// The file a message should name: the one the image of `key` was read from, or will be.
  public func fileName(_ key: String) -> String? {
    if let metadata = metadata(Self.metadataKey(key)) { return metadata.fileName }
    switch self[key] {
    case .value(.string(let path)): return path
    case .value(.list(let parts)):
      if case .string(let path)? = parts.first { return path }
      return nil
    default: return nil
    }
  }

  static func missing(_ key: String, among known: [String]) -> Fault {
    Fault(
      .data, "the sample has no \(key.quoted)",
      suggestion: Spelling.nearest(to: key, among: known), argument: ["keys"],
      notes: ["it has \(known.sorted().map(\.quoted).joined(separator: ", "))"])
  }

  static func notLoaded(_ key: String, kind: String) -> Fault {
    Fault(
      .data, "\(key.quoted) is no image yet", got: kind, wanted: "image",
      remedy: "put LoadImaged with this key before it", argument: ["keys"])
  }
}

extension Tensor {
  /// The same numbers as plain float32; shares storage when they are that already.
  var asFloat32: Tensor {
    layout == .plain ? converted(to: .float32) : converted(to: .plain, .float32)
  }
}
