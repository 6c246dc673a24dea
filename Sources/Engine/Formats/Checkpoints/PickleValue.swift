/// What lies on the stack while a pickle is read.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  /// An integer of more than 64 bits, little-endian; only file marks of old PyTorch need it.
  case long([UInt8])
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case node(PickleNode)
  case global(PickleGlobal)
  case storage(StorageReference)
  case tensor(TensorReference)

  var int: Int? {
    if case .int(let number) = self { return number }
    return nil
  }

  var string: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// The elements of a tuple or list.
  var items: [PickleValue]? {
    guard case .node(let node) = self, node.kind == .tuple || node.kind == .list else { return nil }
    return node.items
  }

  var ints: [Int]? {
    guard let items else { return nil }
    let numbers = items.compactMap(\.int)
    return numbers.count == items.count ? numbers : nil
  }
}

/// A container; a class because a pickle fills it after it was remembered under a number.
final class PickleNode {
  enum Kind { case list, tuple, dict, set, numpyType }

  let kind: Kind
  /// Elements; keys and values in turn for a dict.
  var items: [PickleValue]

  init(_ kind: Kind, _ items: [PickleValue] = []) { (self.kind, self.items) = (kind, items) }
}

/// The bytes of one or more tensors, named but not read yet.
struct StorageReference: Hashable {
  /// The record's name below `data/`, or the key in an old file.
  let key: String
  /// Nil for an untyped storage, whose elements the tensor names.
  let element: TorchElement?
  /// Elements, or bytes when untyped.
  let count: Int
}

/// A view of a storage; offset and strides count elements.
struct TensorReference {
  let storage: StorageReference
  let element: TorchElement
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// The names a checkpoint may mention. They stand for constructors of ours; nothing is looked up.
enum PickleGlobal: Equatable {
  case orderedDict, counter, set, size, device, byteArray, encode
  case dtype(TorchElement)
  case storageClass(TorchElement?)
  /// `_rebuild_tensor`, `_v2`, `_v3`
  case rebuildTensor(version: Int)
  case rebuildParameter
  case rebuildFromType
  /// A class of tensors; it is never made, only what it wraps.
  case tensorClass
  case numpyScalar, numpyType

  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDict
    case ("collections", "Counter"): self = .counter
    case ("builtins", "set"), ("__builtin__", "set"): self = .set
    case ("builtins", "bytearray"), ("__builtin__", "bytearray"): self = .byteArray
    case ("_codecs", "encode"): self = .encode
    case ("torch", "Size"): self = .size
    case ("torch", "device"): self = .device
    case ("torch", "Tensor"), ("torch._tensor", "Tensor"), ("torch.nn.parameter", "Parameter"),
      ("monai.data.meta_tensor", "MetaTensor"):
      self = .tensorClass
    case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor(version: 1)
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor(version: 2)
    case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensor(version: 3)
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch._tensor", "_rebuild_from_type_v2"): self = .rebuildFromType
    case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"):
      self = .storageClass(nil)
    case ("torch", _):
      if let element = TorchElement(storageClass: name) {
        self = .storageClass(element)
      } else if let element = TorchElement(dtypeName: name) {
        self = .dtype(element)
      } else {
        return nil
      }
    case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"):
      self = .numpyScalar
    case ("numpy", "dtype"): self = .numpyType
    default: return nil
    }
  }
}
