import Components

/// Writes training state as a pickle of protocol 2 that `torch.load` reads, also with
/// `weights_only=True`; tensors go out as names of records.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [0x80, 2]
  /// The tensors in the order of their record numbers.
  private(set) var tensors: [Tensor] = []
  private var numbers: [ObjectIdentifier: Int] = [:]

  /// - Throws: for a tensor that is not in plain layout; what writes checkpoints unpacks it before.
  init(_ state: StateValue) throws {
    try write(state)
    bytes.append(UInt8(ascii: "."))
  }

  private mutating func write(_ state: StateValue) throws {
    switch state {
    case .none: bytes.append(UInt8(ascii: "N"))
    case .bool(let flag): bytes.append(flag ? 0x88 : 0x89)
    case .int(let number): write(number)
    case .double(let number):
      bytes.append(UInt8(ascii: "G"))
      bytes.append(littleEndian: number.bitPattern.byteSwapped)
    case .string(let text): write(text)
    case .list(let items):
      bytes += [UInt8(ascii: "]"), UInt8(ascii: "(")]
      for item in items { try write(item) }
      bytes.append(UInt8(ascii: "e"))
    case .tuple(let items):
      bytes.append(UInt8(ascii: "("))
      for item in items { try write(item) }
      bytes.append(UInt8(ascii: "t"))
    case .dict(let dictionary):
      bytes += [UInt8(ascii: "}"), UInt8(ascii: "(")]
      for (key, value) in dictionary.entries {
        switch key {
        case .string(let text): write(text)
        case .int(let number): write(number)
        }
        try write(value)
      }
      bytes.append(UInt8(ascii: "u"))
    case .tensor(let tensor): try write(tensor)
    }
  }

  private mutating func write(_ number: Int) {
    switch number {
    case 0...0xff: bytes += [UInt8(ascii: "K"), UInt8(number)]
    case 0x100...0xffff:
      bytes.append(UInt8(ascii: "M"))
      bytes.append(littleEndian: UInt16(number))
    case Int(Int32.min)...Int(Int32.max):
      bytes.append(UInt8(ascii: "J"))
      bytes.append(littleEndian: Int32(number))
    default:
      bytes += [0x8a, 8]
      bytes.append(littleEndian: Int64(number))
    }
  }

  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "X"))
    bytes.append(littleEndian: UInt32(text.utf8.count))
    bytes += Array(text.utf8)
  }

  private mutating func writeGlobal(_ module: String, _ name: String) {
    bytes += Array("c\(module)\n\(name)\n".utf8)
  }

  private mutating func write(_ tensor: Tensor) throws {
    guard tensor.layout == .plain else {
      throw Fault(
        .state, "a tensor of shape \(tensor.shape) is still in blocks and cannot be saved")
    }
    let identity = ObjectIdentifier(tensor.storage)
    let number = numbers[identity] ?? tensors.count
    if number == tensors.count {
      numbers[identity] = number
      tensors.append(tensor)
    }
    writeGlobal("torch._utils", "_rebuild_tensor_v2")
    bytes += [UInt8(ascii: "("), UInt8(ascii: "(")]
    write("storage")
    writeGlobal("torch", tensor.dtype.torchStorageClass)
    write(String(number))
    write("cpu")
    write(tensor.count)
    bytes += [UInt8(ascii: "t"), UInt8(ascii: "Q")]
    write(0)
    writeTuple(tensor.shape)
    var strides: [Int] = []
    var stride = 1
    for size in tensor.shape.reversed() {
      strides.append(stride)
      stride *= max(size, 1)
    }
    writeTuple(strides.reversed())
    bytes.append(0x89)
    writeGlobal("collections", "OrderedDict")
    bytes += [UInt8(ascii: ")"), UInt8(ascii: "R"), UInt8(ascii: "t"), UInt8(ascii: "R")]
  }

  private mutating func writeTuple(_ numbers: [Int]) {
    bytes.append(UInt8(ascii: "("))
    for number in numbers { write(number) }
    bytes.append(UInt8(ascii: "t"))
  }
}
