/// Anything live that the language can hold but does not understand: a tensor, a network, a run.
///
/// The language reaches into an object only through the protocols of this file, each adopted by
/// the objects that can answer it.
public protocol Object: AnyObject, Sendable {
  /// The word users know it by: `UNet`, `tensor`, `Run`.
  var kind: String { get }
  /// One screen at most, what the prompt shows for it.
  var summary: String { get }
}

/// An object with named attributes; a method is an attribute that is a function.
public protocol HasAttributes: Object {
  var attributeNames: [String] { get }
  /// Nil when there is no such attribute; the caller words the error from `attributeNames`.
  func attribute(_ name: String) throws -> Value?
}

/// An object that `x[i]` reads: tensors, batches, samples, datasets.
public protocol HasIndex: Object {
  /// Number of elements, for `len`, `for` and negative indices; nil when it has none.
  var count: Int? { get }
  func element(at index: Value) throws -> Value
}

/// An object that takes part in arithmetic and comparisons.
public protocol HasArithmetic: Object {
  /// `self op other`, or `other op self` when `swapped`; nil when the pair has no meaning.
  func combine(_ operation: BinaryOperator, _ other: Value, swapped: Bool) throws -> Value?
  /// `-x`; nil when it has no meaning.
  func negated() throws -> Value?
}

/// A sequence whose elements are made on demand: loaders, `parameters()`.
public protocol Stream: Object {
  func next() throws -> Value?
}

/// The operators between two operands, spelled as in Python.
public enum BinaryOperator: String, Sendable, CaseIterable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
  case matrixProduct = "@"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}
