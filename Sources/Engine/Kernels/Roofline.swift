import CKernels
import Glibc

/// What this machine could do at most on so many threads; a measured time divided by what the roofline
/// allows says how far a kernel is from it (Williams et al., 2009).
public struct Roofline: Sendable, Equatable {
  public let threads: Int
  /// Floating-point operations a second in float32; a fused multiply-add is two.
  public let floatRate: Double
  /// The same on pairs of bfloat16; nil where the processor has no instruction for it.
  public let halfRate: Double?
  /// Bytes a second between memory and processor, as a triad moves them.
  public let bandwidth: Double

  /// About a second of work.
  public static func measure(threads: Int = ComputeThreads.count) -> Roofline {
    let threads = Int32(min(threads, 256))
    let float = max(
      rate { etude_float_loop(4_000_000, 0, threads) },
      rate { etude_float_loop(4_000_000, 1, threads) })
    let half = rate { etude_half_loop(4_000_000, threads) }
    // 192 MiB in all: no cache holds it.
    let count = 16 << 20
    let (a, b, to) = (
      Tensor(zeros: [count]), Tensor(zeros: [count]), Tensor(uninitialized: [count])
    )
    let bandwidth = rate {
      etude_triad(to.mutableFloats, a.floats, b.floats, Int64(count), threads)
    }
    withExtendedLifetime((a, b, to)) {}
    return Roofline(
      threads: Int(threads), floatRate: float, halfRate: half > 0 ? half : nil,
      bandwidth: bandwidth)
  }

  /// The best of some runs, after one that wakes the threads: anything slower was disturbed.
  private static func rate(_ body: () -> Double) -> Double {
    _ = body()
    return (0..<7).map { _ in
      let start = now()
      let done = body()
      return done / (now() - start)
    }.max() ?? 0
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
