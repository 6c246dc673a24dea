import Components
import Script
import Synchronization

/// A column of numbers that adds, compares and indexes elementwise, as tensors do.
final class TestTensor: HasArithmetic, HasIndex, HasAttributes {
  let numbers: [Double]
  init(_ numbers: [Double]) { self.numbers = numbers }

  var kind: String { "tensor" }
  var summary: String { "tensor(\(numbers))" }
  var count: Int? { numbers.count }
  var attributeNames: [String] { ["item", "max", "shape"] }

  func attribute(_ name: String) -> Value? {
    let numbers = numbers
    switch name {
    case "shape": return .tuple([.int(numbers.count)])
    case "max":
      return .function(NativeFunction("max") { _, _ in .double(numbers.max() ?? 0) })
    case "item":
      return .function(
        NativeFunction("item") { _, _ in
          guard numbers.count == 1 else {
            throw Fault(.wrongType, "a tensor of \(numbers.count) elements is no single number")
          }
          return .double(numbers[0])
        })
    default: return nil
    }
  }

  func element(at index: Value) throws -> Value {
    if case .slice(let bounds) = index {
      let (start, stop, step) = try bounds.resolved(count: numbers.count)
      return .object(
        TestTensor(stride(from: start, to: stop, by: step).map { numbers[$0] }))
    }
    guard case .int(let position) = index else { throw Fault.wrongType(wanted: "int", got: index) }
    return .double(numbers[position])
  }

  func combine(_ operation: BinaryOperator, _ other: Value, swapped: Bool) -> Value? {
    let right: [Double]
    switch other {
    case .int(let number): right = numbers.map { _ in Double(number) }
    case .double(let number): right = numbers.map { _ in number }
    case .object(let tensor as TestTensor): right = tensor.numbers
    default: return nil
    }
    let pairs = zip(numbers, right).map { swapped ? ($1, $0) : ($0, $1) }
    switch operation {
    case .add: return .object(TestTensor(pairs.map { $0 + $1 }))
    case .subtract: return .object(TestTensor(pairs.map { $0 - $1 }))
    case .multiply: return .object(TestTensor(pairs.map { $0 * $1 }))
    case .greater: return .object(TestTensor(pairs.map { $0 > $1 ? 1 : 0 }))
    case .matrixProduct: return .double(pairs.reduce(0) { $0 + $1.0 * $1.1 })
    default: return nil
    }
  }

  func negated() -> Value? { .object(TestTensor(numbers.map { -$0 })) }
}

/// A sample or a batch: indexed by key, without a count.
final class TestSample: HasIndex {
  let entries: ValueDictionary
  init(_ entries: ValueDictionary) { self.entries = entries }

  var kind: String { "sample" }
  var summary: String { "sample(\(entries.keys.joined(separator: ", ")))" }
  var count: Int? { nil }

  func element(at index: Value) throws -> Value {
    guard case .string(let key) = index, let value = entries[key] else {
      throw Fault.unknown("key", index.description, among: entries.keys)
    }
    return value
  }
}

/// A component with everything it was made from as attributes, callable as a network is.
final class TestComponent: HasAttributes, Callable {
  let name: String
  let arguments: ValueDictionary
  init(_ name: String, _ arguments: ValueDictionary) {
    (self.name, self.arguments) = (name, arguments)
  }

  var kind: String { name }
  var effect: Effect { name == "UNet" ? .action : .pure }
  var summary: String {
    "\(name)(" + arguments.map { "\($0.key)=\($0.value)" }.joined(separator: ", ") + ")"
  }
  var attributeNames: [String] { arguments.keys + ["parameters"] }

  func attribute(_ name: String) -> Value? {
    if name == "parameters" {
      return .function(
        NativeFunction("parameters") { _, _ in .object(TestStream(["weight", "bias"])) })
    }
    return arguments[name]
  }

  func call(_ arguments: Arguments, _ context: CallContext) -> Value {
    arguments.positional.first ?? .none
  }
}

/// Gives its items once.
final class TestStream: Stream {
  private let items: Mutex<[String]>
  init(_ items: [String]) { self.items = Mutex(items.reversed()) }

  var kind: String { "stream" }
  var summary: String { "stream" }
  func next() -> Value? { items.withLock { $0.popLast().map { .string($0) } } }
}

/// `engine` as handlers get it.
final class TestEngine: HasAttributes {
  let values: [String: Value]
  init(_ values: [String: Value]) { self.values = values }

  var kind: String { "Trainer" }
  var summary: String { "Trainer" }
  var attributeNames: [String] { values.keys.sorted() }
  func attribute(_ name: String) -> Value? { values[name] }
}
