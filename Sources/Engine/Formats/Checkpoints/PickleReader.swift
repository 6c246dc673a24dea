import Components

/// Reads pickles of protocol 2 as data: the 34 operations checkpoints are made of, names from a fixed
/// list (`PickleGlobal`), no code. Everything else is refused.
///
/// The same set of operations as `torch.load(weights_only=True)` of PyTorch 2; numbers of operations
/// and of elements are bounded by the length of the input.
struct PickleReader {
  private let bytes: [UInt8]
  private let path: String
  /// Where the next operation is; after `read`, where the pickle ended.
  private(set) var position: Int
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var operations = 0
  /// Every storage the pickle named, by its key.
  private(set) var storages: [String: StorageReference] = [:]
  /// All containers, so that deep or circular ones can be taken apart without recursion.
  private var nodes: [PickleNode] = []

  static let maxOperations = 5_000_000

  init(_ bytes: [UInt8], at position: Int = 0, path: String) {
    (self.bytes, self.position, self.path) = (bytes, position, path)
  }

  /// Reads one pickle and hands its value to `body`, after which its containers are emptied.
  mutating func read<Result>(_ body: (PickleValue) throws -> Result) throws -> Result {
    defer {
      stack = []
      memo = [:]
      for node in nodes { node.items = [] }
      nodes = []
    }
    while true {
      operations += 1
      if operations > Self.maxOperations {
        throw Fault(.limit, "\(path.quoted) has more than \(Self.maxOperations) pickle operations")
      }
      let code = try byte()
      if code == UInt8(ascii: ".") { break }
      try step(code)
    }
    guard stack.count == 1, marks.isEmpty else { throw damaged("ends with a full stack") }
    return try body(stack[0])
  }

  func damaged(_ what: String) -> Fault {
    Fault.damaged(path, "its pickle \(what) at byte \(position)")
  }

  private mutating func step(_ code: UInt8) throws {
    switch code {
    case 0x80:
      guard (2...5).contains(try byte()) else { throw damaged("has an unknown protocol") }
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case UInt8(ascii: "J"): stack.append(.int(Int(try number(Int32.self))))
    case UInt8(ascii: "K"): stack.append(.int(Int(try byte())))
    case UInt8(ascii: "M"): stack.append(.int(Int(try number(UInt16.self))))
    case 0x8a: stack.append(Self.long(try take(Int(try byte()))))
    case UInt8(ascii: "G"):
      stack.append(.double(Double(bitPattern: try number(UInt64.self).byteSwapped)))
    case UInt8(ascii: "X"): stack.append(.string(try text(Int(try number(UInt32.self)))))
    case UInt8(ascii: "U"): stack.append(Self.oldText(try take(Int(try byte()))))
    case UInt8(ascii: ")"): push(.tuple, [])
    case UInt8(ascii: "t"): push(.tuple, try popToMark())
    case 0x85: push(.tuple, try pop(1))
    case 0x86: push(.tuple, try pop(2))
    case 0x87: push(.tuple, try pop(3))
    case UInt8(ascii: "]"): push(.list, [])
    case UInt8(ascii: "}"): push(.dict, [])
    case 0x8f: push(.set, [])
    case UInt8(ascii: "a"): try extend(.list, by: { try $0.pop(1) })
    case UInt8(ascii: "e"): try extend(.list, by: { try $0.popToMark() })
    case UInt8(ascii: "s"): try extend(.dict, by: { try $0.pop(2) })
    case UInt8(ascii: "u"): try extend(.dict, by: { try $0.popToMark() })
    case UInt8(ascii: "q"): memo[Int(try byte())] = try top()
    case UInt8(ascii: "r"): memo[Int(try number(UInt32.self))] = try top()
    case UInt8(ascii: "h"): try recall(Int(try byte()))
    case UInt8(ascii: "j"): try recall(Int(try number(UInt32.self)))
    case UInt8(ascii: "c"): stack.append(.global(try global()))
    case UInt8(ascii: "R"), 0x81:
      let arguments = try pop(1)[0]
      let callee = try pop(1)[0]
      guard case .global(let global) = callee, let items = arguments.items else {
        throw damaged("calls something that is not a known name")
      }
      try stack.append(construct(global, items))
    case UInt8(ascii: "b"): try build()
    case UInt8(ascii: "Q"): try stack.append(.storage(storage(try pop(1)[0])))
    default:
      throw damaged("has an operation that checkpoints do not use (\(code))")
    }
  }

  private mutating func byte() throws -> UInt8 { try number(UInt8.self) }

  private mutating func number<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    guard let number = bytes.number(type, at: position) else { throw damaged("ends too early") }
    position += MemoryLayout<T>.size
    return number
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else { throw damaged("ends inside a value") }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  private mutating func text(_ count: Int) throws -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw damaged("has text that is not UTF-8")
    }
    return text
  }

  private mutating func line() throws -> String {
    guard let end = bytes[position...].prefix(512).firstIndex(of: UInt8(ascii: "\n")) else {
      throw damaged("has a name without an end")
    }
    let line = try text(end - position)
    position = end + 1
    return line
  }

  private mutating func global() throws -> PickleGlobal {
    let module = try line()
    let name = try line()
    if let global = PickleGlobal(module: module, name: name) { return global }
    throw Fault(
      .unsupported,
      "\(path.quoted) asks for \("\(module).\(name)".quoted), which is not data a checkpoint needs",
      remedy: "in Python: torch.save({'model': net.state_dict()}, 'clean.pt')")
  }

  private static func long(_ digits: ArraySlice<UInt8>) -> PickleValue {
    guard digits.count <= 8 else { return .long(Array(digits)) }
    var number: UInt64 = digits.last.map { $0 >= 0x80 } == true ? .max : 0
    for digit in digits.reversed() { number = number << 8 | UInt64(digit) }
    return .int(Int(truncatingIfNeeded: number))
  }

  /// Python 2 wrote text and bytes alike.
  private static func oldText(_ bytes: ArraySlice<UInt8>) -> PickleValue {
    String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(Array(bytes))
  }

  private mutating func push(_ kind: PickleNode.Kind, _ items: [PickleValue]) {
    stack.append(.node(node(kind, items)))
  }

  private mutating func node(_ kind: PickleNode.Kind, _ items: [PickleValue]) -> PickleNode {
    let node = PickleNode(kind, items)
    nodes.append(node)
    return node
  }

  private func top() throws -> PickleValue {
    guard let top = stack.last, stack.count > marks.last ?? 0 else {
      throw damaged("takes from an empty stack")
    }
    return top
  }

  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - count >= marks.last ?? 0 else { throw damaged("takes from an empty stack") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("takes from an empty stack") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw damaged("recalls a value it has not seen") }
    stack.append(value)
  }

  private mutating func extend(
    _ kind: PickleNode.Kind, by take: (inout PickleReader) throws -> [PickleValue]
  ) throws {
    let items = try take(&self)
    guard case .node(let node) = try top(), node.kind == kind,
      kind != .dict || items.count % 2 == 0
    else { throw damaged("adds to something that is no \(kind)") }
    node.items += items
  }

  private mutating func construct(
    _ global: PickleGlobal, _ arguments: [PickleValue]
  ) throws -> PickleValue {
    switch (global, arguments.count) {
    case (.orderedDict, 0), (.counter, 0): return .node(node(.dict, []))
    case (.orderedDict, 1), (.counter, 1): return .node(node(.dict, try pairs(of: arguments[0])))
    case (.set, 0): return .node(node(.set, []))
    case (.set, 1):
      guard let items = arguments[0].items else { break }
      return .node(node(.set, items))
    case (.size, 1):
      guard let items = arguments[0].items else { break }
      return .node(node(.tuple, items))
    case (.device, 1...2):
      guard let name = arguments[0].string else { break }
      return .string(arguments.count == 2 ? "\(name):\(arguments[1].int ?? 0)" : name)
    case (.encode, 2):
      guard let text = arguments[0].string, arguments[1].string == "latin1" else { break }
      let bytes = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
      guard bytes.count == text.unicodeScalars.count else { break }
      return .bytes(bytes)
    case (.byteArray, 0): return .bytes([])
    case (.byteArray, 1):
      guard case .bytes = arguments[0] else { break }
      return arguments[0]
    case (.rebuildTensor(let version), 4...8):
      return .tensor(try tensor(version, arguments))
    case (.rebuildParameter, 3):
      guard case .tensor = arguments[0] else { break }
      return arguments[0]
    case (.rebuildFromType, 4):
      guard case .global(let inner) = arguments[0], let items = arguments[2].items,
        case .rebuildTensor = inner
      else { break }
      return try construct(inner, items)
    case (.numpyType, 1...3):
      return .node(node(.numpyType, [arguments[0], .string("<")]))
    case (.numpyScalar, 2): return try NumpyScalar.value(arguments[0], arguments[1], self)
    default: break
    }
    throw damaged("makes a \(global) from arguments that do not fit")
  }

  private func pairs(of value: PickleValue) throws -> [PickleValue] {
    if case .node(let node) = value, node.kind == .dict { return node.items }
    guard let pairs = value.items?.map({ $0.items ?? [] }), pairs.allSatisfy({ $0.count == 2 })
    else { throw damaged("makes a dict from something that is no list of pairs") }
    return pairs.flatMap { $0 }
  }

  /// The state of an OrderedDict is its attributes (`_metadata` of a state_dict), which nobody needs.
  private mutating func build() throws {
    let state = try pop(1)[0]
    guard case .node(let node) = try top() else {
      if case .tensor = try top() { return }
      throw damaged("gives a state to something that has none")
    }
    switch node.kind {
    case .dict: break
    case .numpyType:
      guard let order = state.items?.dropFirst().first?.string else {
        throw damaged("has an unknown numpy type")
      }
      node.items[1] = .string(order)
    default: throw damaged("gives a state to something that has none")
    }
  }

  private mutating func storage(_ id: PickleValue) throws -> StorageReference {
    guard let items = id.items, (5...6).contains(items.count), items[0].string == "storage",
      case .global(.storageClass(let element)) = items[1], let key = items[2].string,
      items[3].string != nil, let count = items[4].int, count >= 0
    else { throw damaged("names a storage in an unknown way") }
    if items.count == 6 {
      guard case .none = items[5] else { throw damaged("has views of a very old PyTorch") }
    }
    let storage = StorageReference(key: key, element: element, count: count)
    storages[key] = storage
    return storage
  }

  private func tensor(_ version: Int, _ arguments: [PickleValue]) throws -> TensorReference {
    guard case .storage(let storage) = arguments[0], let offset = arguments[1].int,
      let shape = arguments[2].ints, let strides = arguments[3].ints
    else { throw damaged("makes a tensor from arguments that do not fit") }
    var element = storage.element
    if version == 3 {
      guard arguments.count >= 7, case .global(.dtype(let named)) = arguments[6] else {
        throw damaged("makes a tensor without a dtype")
      }
      element = named
    }
    guard let element else { throw damaged("makes a tensor of untyped bytes") }
    return TensorReference(
      storage: storage, element: element, offset: offset, shape: shape, strides: strides)
  }
}

/// `numpy.core.multiarray.scalar`: a number some old checkpoints hold beside their tensors.
private enum NumpyScalar {
  static func value(
    _ type: PickleValue, _ content: PickleValue, _ reader: PickleReader
  ) throws -> PickleValue {
    guard case .node(let node) = type, node.kind == .numpyType, let code = node.items[0].string,
      let order = node.items[1].string, case .bytes(let bytes) = content
    else { throw reader.damaged("has a numpy scalar that is not a plain number") }
    let isBig = order == ">"
    let result: PickleValue? =
      switch (code, bytes.count) {
      case ("f8", 8):
        bytes.number(UInt64.self, at: 0, isBigEndian: isBig).map { .double(.init(bitPattern: $0)) }
      case ("f4", 4):
        bytes.number(UInt32.self, at: 0, isBigEndian: isBig)
          .map { .double(Double(Float(bitPattern: $0))) }
      case ("i8", 8): bytes.number(Int64.self, at: 0, isBigEndian: isBig).map { .int(Int($0)) }
      case ("i4", 4): bytes.number(Int32.self, at: 0, isBigEndian: isBig).map { .int(Int($0)) }
      case ("b1", 1): .bool(bytes[0] != 0)
      default: nil
      }
    guard let result else { throw reader.damaged("has a numpy scalar of type \(code.quoted)") }
    return result
  }
}
