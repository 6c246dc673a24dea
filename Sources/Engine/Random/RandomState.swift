/// numpy's legacy `RandomState` (1.23.5), stream for stream: what MONAI's transforms draw from.
public struct RandomState: Sendable, Hashable {
  public private(set) var twister: MersenneTwister

  public init(seed: UInt32) { twister = MersenneTwister(seed: seed) }
  public init(_ twister: MersenneTwister) { self.twister = twister }

  /// `rand()`: 53 random bits in [0, 1).
  public mutating func uniform() -> Double {
    let high = twister.next() >> 5
    let low = twister.next() >> 6
    return (Double(high) * 67_108_864 + Double(low)) / 9_007_199_254_740_992
  }

  /// `uniform(low, high)`
  public mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// `randint(2**32, dtype=uint32)`
  public mutating func word() -> UInt32 { twister.next() }
}
