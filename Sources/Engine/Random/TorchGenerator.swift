import Glibc
import Synchronization

/// torch's CPU generator (1.13.1): an MT19937 that hands out 32 or 64 random bits.
///
/// Shared by everything one session builds, so it guards its state. Draws keep torch's order: one
/// word for a float, two for a double, and `randn` of fewer than 16 values keeps its second normal.
public final class TorchGenerator: Sendable {
  /// Everything the next draw depends on.
  public struct State: Sendable, Hashable {
    public var seed: UInt64
    public var twister: MersenneTwister
    /// The second value of the last pair that `randn` of fewer than 16 made.
    public var pendingNormal: Double?

    public init(seed: UInt64) {
      self.seed = seed
      twister = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
    }
  }

  private let current: Mutex<State>

  public init(seed: UInt64) { current = Mutex(State(seed: seed)) }
  public init(_ state: State) { current = Mutex(state) }

  public var state: State {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }

  /// `manual_seed`
  public func seed(_ seed: UInt64) { state = State(seed: seed) }

  public func random32() -> UInt32 { current.withLock { $0.word() } }

  /// The first word drawn is the high half.
  public func random64() -> UInt64 { current.withLock { $0.doubleWord() } }

  /// `torch.empty((), dtype=torch.int64).random_()`
  public func int64() -> Int64 { Int64(random64() % (1 << 63)) }

  /// `torch.empty((), dtype=torch.int32).random_()`
  public func int32() -> Int32 { Int32(random32() % (1 << 31)) }

  /// `torch.randint(range.lowerBound, range.upperBound, ())`
  public func integer(in range: Range<Int>) -> Int {
    let count = UInt64(range.count)
    let draw = count >= 1 << 32 ? random64() : UInt64(random32())
    return range.lowerBound + Int(draw % count)
  }

  /// `torch.rand(())`: 24 random bits in [0, 1).
  public func uniform() -> Float { current.withLock { $0.uniform(0, 1) } }

  /// `uniform_(low, high)`
  public func fillUniform(
    _ values: UnsafeMutableBufferPointer<Float>, from low: Float = 0, to high: Float = 1
  ) {
    current.withLock { state in
      for index in values.indices { values[index] = state.uniform(low, high) }
    }
  }

  /// `normal_(mean, deviation)`; with the defaults `torch.randn`.
  public func fillNormal(
    _ values: UnsafeMutableBufferPointer<Float>, mean: Float = 0, deviation: Float = 1
  ) {
    current.withLock { state in
      if values.count < 16 {
        for index in values.indices {
          values[index] = Float(state.normal() * Double(deviation) + Double(mean))
        }
      } else {
        state.fillNormalBlocks(values, mean: mean, deviation: deviation)
      }
    }
  }

  /// `torch.randperm(count)`
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    guard count > 1 else { return order }
    current.withLock { state in
      for index in 0..<(count - 1) {
        order.swapAt(index, index + Int(state.word() % UInt32(count - index)))
      }
    }
    return order
  }
}

extension TorchGenerator.State {
  mutating func word() -> UInt32 { twister.next() }

  mutating func doubleWord() -> UInt64 {
    let high = UInt64(twister.next())
    return high << 32 | UInt64(twister.next())
  }

  /// Computed in double and rounded once, as ATen's `uniform_real` does on a CPU.
  mutating func uniform(_ low: Float, _ high: Float) -> Float {
    let unit = Double(word() & 0xff_ffff) / 16_777_216
    return Float(unit * Double(high - low) + Double(low))
  }

  mutating func uniformDouble() -> Double {
    Double(doubleWord() & ((1 << 53) - 1)) / 9_007_199_254_740_992
  }

  /// Box and Muller, one pair for two calls.
  mutating func normal() -> Double {
    if let pending = pendingNormal {
      pendingNormal = nil
      return pending
    }
    let first = uniformDouble()
    let second = uniformDouble()
    let radius = (-2 * log1p(-second)).squareRoot()
    let angle = 2 * Double.pi * first
    pendingNormal = radius * sin(angle)
    return radius * cos(angle)
  }

  /// Box and Muller in blocks of 16: value j pairs with value j + 8. A rest of fewer than 16 draws
  /// the last whole block anew.
  mutating func fillNormalBlocks(
    _ values: UnsafeMutableBufferPointer<Float>, mean: Float, deviation: Float
  ) {
    for index in values.indices { values[index] = uniform(0, 1) }
    for start in stride(from: 0, through: values.count - 16, by: 16) {
      Self.pairUp(values, at: start, mean, deviation)
    }
    if values.count % 16 != 0 {
      let start = values.count - 16
      for index in start..<values.count { values[index] = uniform(0, 1) }
      Self.pairUp(values, at: start, mean, deviation)
    }
  }

  private static func pairUp(
    _ values: UnsafeMutableBufferPointer<Float>, at start: Int, _ mean: Float, _ deviation: Float
  ) {
    for index in start..<(start + 8) {
      let radius = (-2 * logf(1 - values[index])).squareRoot()
      let angle = 2 * Float.pi * values[index + 8]
      values[index] = radius * cosf(angle) * deviation + mean
      values[index + 8] = radius * sinf(angle) * deviation + mean
    }
  }
}
