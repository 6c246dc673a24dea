import Glibc

/// The weight of each voxel of a window where windows overlap.
enum ImportanceMap {
  /// Shape: the window's. Source: `compute_importance_map` of MONAI 0.8.1, in float32 throughout.
  static func make(_ window: [Int], _ mode: Blending, sigmaScale: [Double]) -> Tensor {
    guard mode == .gaussian else {
      return Tensor(Array(repeating: 1, count: window.reduce(1, *)) as [Float], shape: window)
    }
    let profiles = zip(window, sigmaScale).map { profile($0, sigma: Float(Double($0) * $1)) }
    var weights: [Float] = [1]
    for profile in profiles { weights = weights.flatMap { weight in profile.map { weight * $0 } } }
    let largest = weights.max() ?? 1
    weights = weights.map { $0 / largest }
    // No weight may be 0, or voxels only it covers would be divided by 0.
    let smallest = weights.lazy.filter { $0 != 0 }.min() ?? 1
    return Tensor(weights.map { max($0, smallest) }, shape: window)
  }

  /// A delta at ⌊n/2⌋ after a Gaussian whose taps are differences of error functions, cut at 4 σ.
  private static func profile(_ count: Int, sigma: Float) -> [Float] {
    let tail = Int(max(sigma * 4, 0.5) + 0.5)
    let scale = 0.70710678 / abs(sigma)
    return (0..<count).map { index in
      let distance = index - count / 2
      guard abs(distance) <= tail else { return 0 }
      let x = Float(distance)
      return max(0.5 * (erff(scale * (x + 0.5)) - erff(scale * (x - 0.5))), 0)
    }
  }
}
