import Synchronization

/// torch's CPU generator (1.13.1): an MT19937 that hands out 32 or 64 random bits.
///
/// Shared by everything one session builds, so it guards its state.
public final class TorchGenerator: Sendable {
  private let twister: Mutex<MersenneTwister>

  public init(seed: UInt64) {
    twister = Mutex(MersenneTwister(seed: UInt32(truncatingIfNeeded: seed)))
  }

  public func seed(_ seed: UInt64) {
    twister.withLock { $0 = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed)) }
  }

  public func random32() -> UInt32 { twister.withLock { $0.next() } }

  /// The first word drawn is the high half.
  public func random64() -> UInt64 {
    twister.withLock {
      let high = UInt64($0.next())
      return high << 32 | UInt64($0.next())
    }
  }
}
