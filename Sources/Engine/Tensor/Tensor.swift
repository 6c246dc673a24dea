import Components

/// A multi-dimensional array of numbers with value semantics.
///
/// Elements lie densely, last axis fastest (`layout == .plain`), or in oneDNN's channel blocks while
/// they travel between convolutions. Copies share storage until one of them is written.
public struct Tensor: Sendable {
  public let shape: [Int]
  public let dtype: DType
  public let layout: Layout
  private(set) var storage: Storage
  /// The operation that made it, when gradients are recorded.
  var node: GraphNode?

  public enum Layout: Sendable, Hashable {
    case plain
    /// oneDNN's nChw16c or nCdhw16c, with blocks of 8 where the processor has no AVX-512; channels are
    /// padded with zeros to whole blocks (`Tensor.blockWidth`), always.
    case blocked
  }

  /// Number of elements the shape names; a scalar has one.
  public var count: Int { shape.reduce(1, *) }
  public var rank: Int { shape.count }

  init(shape: [Int], dtype: DType, layout: Layout = .plain, storage: Storage) {
    (self.shape, self.dtype, self.layout, self.storage) = (shape, dtype, layout, storage)
  }

  /// A plain tensor whose bytes `initialize` fills completely.
  public init(
    shape: [Int], dtype: DType,
    initializingBytes initialize: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let storage = Storage(byteCount: shape.reduce(1, *) * dtype.size)
    try initialize(storage.bytes)
    self.init(shape: shape, dtype: dtype, storage: storage)
  }

  /// A plain tensor whose elements `initialize` fills completely.
  public init<T: TensorScalar>(
    shape: [Int], of type: T.Type,
    initializing initialize: (UnsafeMutableBufferPointer<T>) throws -> Void
  ) rethrows {
    try self.init(shape: shape, dtype: T.dtype) { try initialize($0.bindMemory(to: T.self)) }
  }

  public init<T: TensorScalar>(_ elements: [T], shape: [Int]) {
    precondition(elements.count == shape.reduce(1, *), "\(elements.count) elements for \(shape)")
    self.init(shape: shape, of: T.self) { _ = $0.initialize(from: elements) }
  }

  public init(zeros shape: [Int], dtype: DType = .float32) {
    self.init(shape: shape, dtype: dtype) { $0.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  public init(scalar value: Float) { self.init([value], shape: []) }

  /// The bytes in storage order; blocked tensors include their padding.
  public func withUnsafeBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(storage.bytes))
  }

  /// The elements of a plain tensor of that scalar type.
  public func withElements<T: TensorScalar, R>(
    of type: T.Type, _ body: (UnsafeBufferPointer<T>) throws -> R
  ) rethrows -> R {
    precondition(T.dtype == dtype && layout == .plain, "asked \(dtype) \(layout) for \(T.self)")
    return try withUnsafeBytes { try body($0.bindMemory(to: T.self)) }
  }

  /// Writes in place, after copying when the storage is shared.
  public mutating func withMutableElements<T: TensorScalar, R>(
    of type: T.Type, _ body: (UnsafeMutableBufferPointer<T>) throws -> R
  ) rethrows -> R {
    precondition(T.dtype == dtype && layout == .plain, "asked \(dtype) \(layout) for \(T.self)")
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Storage(byteCount: storage.bytes.count)
      copy.bytes.copyMemory(from: UnsafeRawBufferPointer(storage.bytes))
      storage = copy
    }
    node = nil
    return try body(storage.bytes.bindMemory(to: T.self))
  }

  /// Whether no other tensor shares the bytes, so that an operation may write over them.
  mutating func isUnshared() -> Bool { isKnownUniquelyReferenced(&storage) }

  /// A copy of all elements.
  public func elements<T: TensorScalar>(of type: T.Type) -> [T] {
    withElements(of: type) { Array($0) }
  }

  /// The same elements under another shape of the same count; nothing is copied.
  public func reshaped(_ newShape: [Int]) -> Tensor {
    precondition(layout == .plain && newShape.reduce(1, *) == count, "\(shape) as \(newShape)")
    let own = shape
    return Tensor(shape: newShape, dtype: dtype, storage: storage)
      .recorded([.init(self)]) { [$0.reshaped(own)] }
  }

  /// The same numbers without the history that leads to them.
  public var detached: Tensor {
    var copy = self
    copy.node = nil
    return copy
  }
}
