/// MT19937 (Matsumoto and Nishimura, 1998), the generator under numpy's `RandomState` and torch's
/// CPU generator; both seed it with `init_genrand`.
public struct MersenneTwister: Sendable, Hashable {
  public private(set) var words: [UInt32]
  /// Next word to hand out; 624 means the block is used up.
  public private(set) var position: Int

  private static let count = 624
  private static let middle = 397

  public init(seed: UInt32) {
    words = [seed]
    words.reserveCapacity(Self.count)
    for index in 1..<Self.count {
      let last = words[index - 1]
      words.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
    }
    position = Self.count
  }

  /// A saved state; nil when the numbers cannot be one.
  public init?(words: [UInt32], position: Int) {
    guard words.count == Self.count, 0...Self.count ~= position else { return nil }
    (self.words, self.position) = (words, position)
  }

  public mutating func next() -> UInt32 {
    if position == Self.count { refill() }
    var word = words[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9d2c_5680
    word ^= (word << 15) & 0xefc6_0000
    return word ^ (word >> 18)
  }

  private mutating func refill() {
    words.withUnsafeMutableBufferPointer { words in
      for index in 0..<Self.count {
        let next = words[(index + 1) % Self.count]
        let joined = (words[index] & 0x8000_0000) | (next & 0x7fff_ffff)
        let twist: UInt32 = joined & 1 == 0 ? 0 : 0x9908_b0df
        words[index] = words[(index + Self.middle) % Self.count] ^ (joined >> 1) ^ twist
      }
    }
    position = 0
  }
}
