import Glibc

/// numpy's legacy `RandomState` (1.23.5), stream for stream: what MONAI's transforms draw from.
public struct RandomState: Sendable, Hashable {
  public private(set) var twister: MersenneTwister
  /// The second value of the last pair `normal` made, handed out by its next call.
  public private(set) var pendingNormal: Double?

  public init(seed: UInt32) { self.init(MersenneTwister(seed: seed)) }

  /// A saved state: `get_state()`'s key, position and cached Gaussian.
  public init(_ twister: MersenneTwister, pendingNormal: Double? = nil) {
    (self.twister, self.pendingNormal) = (twister, pendingNormal)
  }

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

  /// `randint(range.lowerBound, range.upperBound)`, by masked rejection; a range of one draws nothing.
  public mutating func integer(in range: Range<Int>) -> Int {
    precondition(!range.isEmpty, "no integer lies in \(range)")
    return range.lowerBound + Int(interval(UInt64(range.count - 1)))
  }

  /// `randint(count)`
  public mutating func integer(below count: Int) -> Int { integer(in: 0..<count) }

  /// `normal(mean, deviation)`: Marsaglia's polar method, two values a round.
  public mutating func normal(_ mean: Double = 0, _ deviation: Double = 1) -> Double {
    mean + deviation * gauss()
  }

  /// `permutation(count)`
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// `shuffle`: Fisher and Yates from the back.
  public mutating func shuffle<Element>(_ items: inout [Element]) {
    guard items.count > 1 else { return }
    for last in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(last, Int(interval(UInt64(last))))
    }
  }

  /// `choice(count, picks, replace=False)`; `picks` may not exceed `count`.
  public mutating func choice(of count: Int, picks: Int) -> [Int] {
    precondition(picks <= count, "cannot pick \(picks) of \(count) without replacement")
    return Array(permutation(count).prefix(picks))
  }

  /// A number in `0...largest`: words under the smallest mask that covers it, until one fits.
  private mutating func interval(_ largest: UInt64) -> UInt64 {
    guard largest > 0 else { return 0 }
    let mask = UInt64.max >> UInt64(largest.leadingZeroBitCount)
    while true {
      var value = UInt64(twister.next())
      if largest > UInt64(UInt32.max) { value = value << 32 | UInt64(twister.next()) }
      value &= mask
      if value <= largest { return value }
    }
  }

  private mutating func gauss() -> Double {
    if let pending = pendingNormal {
      pendingNormal = nil
      return pending
    }
    while true {
      let x = 2 * uniform() - 1
      let y = 2 * uniform() - 1
      let square = x * x + y * y
      if square < 1, square != 0 {
        let factor = (-2 * log(square) / square).squareRoot()
        pendingNormal = factor * x
        return factor * y
      }
    }
  }
}
