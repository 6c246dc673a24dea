import Components

/// The 5056 bytes of `torch.get_rng_state()`: seed, words left, seeded, next word, 624 words of 64
/// bits, the pending normal in double and in float, little-endian (ATen's `CPUGeneratorImplState`).
extension TorchGenerator.State {
  static let byteCount = 5056
  private static let wordCount = 624
  private static let wordsOffset = 24
  private static let normalOffset = wordsOffset + wordCount * 8

  public var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    bytes.withUnsafeMutableBytes { raw in
      let isFresh = twister.position == Self.wordCount
      raw.storeBytes(of: seed.littleEndian, as: UInt64.self)
      raw.storeBytes(
        of: Int32(isFresh ? 1 : Self.wordCount + 1 - twister.position).littleEndian,
        toByteOffset: 8, as: Int32.self)
      raw.storeBytes(of: Int32(1).littleEndian, toByteOffset: 12, as: Int32.self)
      raw.storeBytes(
        of: UInt64(isFresh ? 0 : twister.position).littleEndian, toByteOffset: 16, as: UInt64.self)
      for (index, word) in twister.words.enumerated() {
        raw.storeBytes(
          of: UInt64(word).littleEndian, toByteOffset: Self.wordsOffset + index * 8, as: UInt64.self
        )
      }
      if let pendingNormal {
        raw.storeBytes(
          of: pendingNormal.bitPattern.littleEndian, toByteOffset: Self.normalOffset + 8,
          as: UInt64.self)
        raw.storeBytes(
          of: Int32(1).littleEndian, toByteOffset: Self.normalOffset + 24, as: Int32.self)
      }
    }
    return bytes
  }

  /// Nothing but a state torch could have written is taken.
  public init(bytes: [UInt8]) throws(Fault) {
    guard bytes.count == Self.byteCount else {
      throw Fault(
        .format, "not a state of torch's CPU generator", got: "\(bytes.count) bytes",
        wanted: "\(Self.byteCount) bytes")
    }
    func read<T: FixedWidthInteger>(_ offset: Int, as type: T.Type) -> T {
      bytes.withUnsafeBytes {
        T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self))
      }
    }
    let left = Int(read(8, as: Int32.self))
    let next = read(16, as: UInt64.self)
    let words = (0..<Self.wordCount).map {
      UInt32(truncatingIfNeeded: read(Self.wordsOffset + $0 * 8, as: UInt64.self))
    }
    let position = left == 1 ? Self.wordCount : Int(clamping: next)
    guard 1...Self.wordCount ~= left, left == 1 || position == Self.wordCount + 1 - left,
      let twister = MersenneTwister(words: words, position: position)
    else {
      throw Fault(.format, "the state of torch's CPU generator is damaged")
    }
    seed = read(0, as: UInt64.self)
    self.twister = twister
    pendingNormal =
      read(Self.normalOffset + 24, as: Int32.self) == 0
      ? nil : Double(bitPattern: read(Self.normalOffset + 8, as: UInt64.self))
  }
}
