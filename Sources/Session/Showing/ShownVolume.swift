import Components
import Engine

/// An image or a label map as `show` draws it: one channel of two or three spatial axes, with the
/// position in space when that is known.
struct ShownVolume {
  /// Channels first, then two or three spatial axes; float32.
  let tensor: Tensor
  let affine: Affine
  /// The file's name, or what was given in its place.
  let title: String

  /// - Parameter value: A path, a tensor, or a sample, of which the entry `key` is taken.
  init(_ value: Value, key: String) throws {
    switch value {
    case .string(let path): try self.init(file: path)
    case .object(let object as TensorObject): try self.init(object.tensor.plain, title: key)
    case .object(let object as SampleObject): try self.init(object.sample, key: key)
    case .object(let crops as SampleListObject) where !crops.samples.isEmpty:
      try self.init(crops.samples[0], key: key)
    case .object(let object as BatchObject): try self.init(Self.first(of: object), key: key)
    case .list(let items) where items.first?.isSample == true: try self.init(items[0], key: key)
    default:
      var fault = Fault.wrongType(wanted: "path, tensor, sample or batch", got: value)
      if case .object(let object) = value, object is Run || object is HistoryObject {
        fault.remedy = "plot draws curves"
      }
      throw fault
    }
  }

  /// The label that a sample brings along; nil when there is none.
  static func label(of value: Value) throws -> ShownVolume? {
    switch value {
    case .object(let object as SampleObject) where object.sample.tensor("label") != nil:
      return try ShownVolume(object.sample, key: "label")
    case .object(let crops as SampleListObject) where !crops.samples.isEmpty:
      return try label(of: .object(SampleObject(crops.samples[0])))
    case .object(let object as BatchObject):
      let sample = try first(of: object)
      return sample.tensor("label") == nil ? nil : try ShownVolume(sample, key: "label")
    case .list(let items) where items.first?.isSample == true: return try label(of: items[0])
    default: return nil
    }
  }

  private static func first(of batch: BatchObject) throws(Fault) -> Sample {
    guard let sample = batch.batch.decollated().first else {
      throw Fault(.data, "the batch is empty")
    }
    return sample
  }

  private init(file: String) throws {
    let (tensor, metadata) = try ImageFile.read(file)
    let name = file.split(separator: "/").last.map(String.init) ?? file
    guard let channel = metadata.originalChannelAxis else {
      try self.init(tensor.reshaped([1] + tensor.shape), metadata.affine, name)
      return
    }
    let last = tensor.rank - 1
    guard channel == 0 else {
      try self.init(
        try tensor.permuted(axes: [last] + Array(0..<last)), metadata.affine, name)
      return
    }
    try self.init(tensor, metadata.affine, name)
  }

  private init(_ sample: Sample, key: String) throws {
    guard let tensor = sample.tensor(key) else {
      throw Fault(
        .data, "the sample has no image \(key.quoted)",
        suggestion: Spelling.nearest(to: key, among: sample.keys))
    }
    let metadata = sample.metadata(Sample.metadataKey(key))
    let isBare = metadata.map { tensor.rank == $0.spatialShape.count } ?? (tensor.rank < 4)
    try self.init(
      isBare ? tensor.reshaped([1] + tensor.shape) : tensor, metadata?.affine ?? .identity, key)
  }

  /// Three axes are a volume; of four or five the first are batch and channels.
  private init(_ tensor: Tensor, title: String) throws {
    switch tensor.rank {
    case 2, 3: try self.init(tensor.reshaped([1] + tensor.shape), .identity, title)
    case 5: try self.init(try tensor.selected(along: 0, at: 0), .identity, title)
    default: try self.init(tensor, .identity, title)
    }
  }

  private init(_ tensor: Tensor, _ affine: Affine, _ title: String) throws {
    guard 3...4 ~= tensor.rank, tensor.count > 0 else {
      throw Fault(
        .shape, "this is no image of two or three axes", got: "\(tensor.shape)",
        wanted: "[x, y, z], or channels before them")
    }
    let plain = tensor.converted(to: .float32)
    // One slice of a 2-D image is the whole of it.
    self.tensor = tensor.rank == 3 ? plain.reshaped(plain.shape + [1]) : plain
    (self.affine, self.title) = (affine, title)
  }

  /// Three spatial sizes; the last is 1 for a 2-D image.
  var shape: [Int] { Array(tensor.shape.dropFirst()) }
}

extension Value {
  fileprivate var isSample: Bool {
    if case .object(let object) = self { object is SampleObject } else { false }
  }
}
