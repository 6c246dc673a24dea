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

/// What is known about an image beside its voxels.
public struct Metadata: Sendable {
  public var fileName: String
  /// Voxel index → millimetres, RAS+; changed by spatial transforms.
  public var affine: Affine
  /// As it was in the file.
  public var originalAffine: Affine
  public var spatialShape: [Int]
  /// The axis that held channels in the file; nil is MONAI's `no_channel`.
  public var originalChannelAxis: Int?
  public var patchIndex: Int?
  public var dtype: DType

  public init(
    fileName: String, affine: Affine, spatialShape: [Int], originalChannelAxis: Int? = nil,
    dtype: DType = .float32
  ) {
    (self.fileName, self.affine, originalAffine) = (fileName, affine, affine)
    (self.spatialShape, self.originalChannelAxis) = (spatialShape, originalChannelAxis)
    self.dtype = dtype
  }
}

/// A 4×4 matrix that maps voxel indices to world coordinates; row-major.
public struct Affine: Sendable, Hashable {
  public var rows: [[Double]]

  public init(rows: [[Double]]) {
    precondition(rows.count == 4 && rows.allSatisfy { $0.count == 4 }, "an affine is 4×4")
    self.rows = rows
  }

  public static let identity = Affine(
    rows: (0..<4).map { row in (0..<4).map { $0 == row ? 1 : 0 } })
}

/// What a transform did to one key, with what is needed to undo it.
public struct TraceRecord: Sendable {
  /// Class name of the transform that left it.
  public var transform: String
  /// Spatial shape before it was applied.
  public var originalShape: [Int]
  /// What that transform needs to invert itself; it alone reads this.
  public var details: ValueDictionary
  /// False when the transform drew and did nothing.
  public var isApplied: Bool

  public init(
    transform: String, originalShape: [Int], details: ValueDictionary = [:], isApplied: Bool = true
  ) {
    (self.transform, self.originalShape) = (transform, originalShape)
    (self.details, self.isApplied) = (details, isApplied)
  }
}
