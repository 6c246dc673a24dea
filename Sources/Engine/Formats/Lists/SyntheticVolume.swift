/// One volume of `SyntheticCT`: ellipsoids of given density, the later over the earlier, and noise.
///
/// Coordinates run from -1 to 1 along each axis.
struct SyntheticVolume {
  private struct Ellipsoid {
    let centre: [Double]
    let radii: [Double]
    let density: Float
  }

  private let shape: [Int]
  private let body: Ellipsoid
  /// Organs and the spine; only what is inside the body counts.
  private let organs: [Ellipsoid]
  /// What has a label, the spleen first; earlier ones lie over later ones.
  private let labelled: [Ellipsoid]
  private let noiseSeed: UInt64

  private static let air: Float = -1000
  private static let noise: Float = 18

  /// An organ with a label of its own, told from all others by its density.
  private struct Organ {
    let name: String
    let centre: [Double]
    let radii: [Double]
    let density: ClosedRange<Double>
  }

  private static let spleen = Organ(
    name: "spleen", centre: [0.45, -0.15, 0], radii: [0.21, 0.21, 0.21], density: 105...125)
  private static let others = [
    Organ(
      name: "liver", centre: [-0.42, 0, 0.05], radii: [0.3, 0.3, 0.35], density: 136...150),
    Organ(
      name: "right_kidney", centre: [-0.32, -0.4, -0.5], radii: [0.13, 0.13, 0.22],
      density: 175...195),
    Organ(
      name: "left_kidney", centre: [0.32, -0.42, -0.55], radii: [0.13, 0.13, 0.22],
      density: 210...230),
    Organ(
      name: "stomach", centre: [0.25, 0.3, 0.2], radii: [0.2, 0.2, 0.25], density: -25...(-8)),
    Organ(
      name: "pancreas", centre: [0, 0.08, -0.15], radii: [0.22, 0.1, 0.12], density: 82...94),
    Organ(name: "bladder", centre: [0, 0.1, -0.8], radii: [0.2, 0.2, 0.18], density: -2...6),
  ]

  /// What the labels 1, 2, … stand for.
  static let labelNames = [spleen.name] + others.map(\.name)

  init(shape: [Int], labels: Int = 1, seed: UInt32, number: Int) {
    var random = SplitMix(state: UInt64(seed) << 32 | UInt64(truncatingIfNeeded: number))
    func point(_ centre: [Double], _ reach: Double) -> [Double] {
      centre.map { $0 + random.uniform(-reach, reach) }
    }
    self.shape = shape
    body = Ellipsoid(
      centre: [0, 0, 0], radii: [0.85, 0.7, 1.4], density: Float(random.uniform(-70, -50)))
    var organs = (0..<6).map { _ in
      Ellipsoid(
        centre: point([-0.05, -0.05, -0.05], 0.4), radii: point([0.19, 0.19, 0.19], 0.09),
        density: Float(random.uniform(10, 70)))
    }
    organs.append(
      Ellipsoid(
        centre: [0, -0.5, 0], radii: [0.1, 0.1, 5], density: Float(random.uniform(250, 400))))
    self.organs = organs
    func drawn(_ organ: Organ, centre reach: Double, radii span: Double) -> Ellipsoid {
      Ellipsoid(
        centre: point(organ.centre, reach), radii: point(organ.radii, span),
        density: Float(random.uniform(organ.density.lowerBound, organ.density.upperBound)))
    }
    let spleen = drawn(Self.spleen, centre: 0.08, radii: 0.04)
    noiseSeed = random.next()
    // Drawn last, so that more labels leave everything else as it is.
    labelled =
      [spleen] + Self.others.prefix(labels - 1).map { drawn($0, centre: 0.04, radii: 0.02) }
  }

  /// Hounsfield units, first axis fastest.
  func drawImage(into voxels: UnsafeMutableBufferPointer<Int16>) {
    var random = SplitMix(state: noiseSeed)
    var row = [Float](repeating: 0, count: shape[0])
    var start = 0
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        for x in row.indices { row[x] = Self.air }
        let inside = run(of: body, y, z)
        for x in inside { row[x] = body.density }
        for organ in organs + labelled.reversed() {
          for x in run(of: organ, y, z).clamped(to: inside) { row[x] = organ.density }
        }
        for x in row.indices {
          let value = row[x] + Self.noise * random.gaussian()
          voxels[start + x] = Int16(min(max(value, -1024), 1500))
        }
        start += shape[0]
      }
    }
  }

  /// The number of the organ, 1 in the spleen, 0 elsewhere; first axis fastest.
  func drawLabel(into voxels: UnsafeMutableBufferPointer<UInt8>) {
    voxels.update(repeating: 0)
    var start = 0
    for z in 0..<shape[2] {
      for y in 0..<shape[1] {
        let inside = run(of: body, y, z)
        for (index, organ) in labelled.enumerated().reversed() {
          for x in run(of: organ, y, z).clamped(to: inside) {
            voxels[start + x] = UInt8(index + 1)
          }
        }
        start += shape[0]
      }
    }
  }

  /// The voxels of one row that lie inside.
  private func run(of ellipsoid: Ellipsoid, _ y: Int, _ z: Int) -> Range<Int> {
    let dy = (coordinate(y, 1) - ellipsoid.centre[1]) / ellipsoid.radii[1]
    let dz = (coordinate(z, 2) - ellipsoid.centre[2]) / ellipsoid.radii[2]
    let rest = 1 - dy * dy - dz * dz
    guard rest > 0 else { return 0..<0 }
    let half = ellipsoid.radii[0] * rest.squareRoot()
    let scale = Double(max(shape[0] - 1, 1)) / 2
    let first = ((ellipsoid.centre[0] - half + 1) * scale).rounded(.up)
    let last = ((ellipsoid.centre[0] + half + 1) * scale).rounded(.down)
    let low = min(max(Int(first), 0), shape[0])
    return low..<min(max(Int(last) + 1, low), shape[0])
  }

  private func coordinate(_ index: Int, _ axis: Int) -> Double {
    shape[axis] == 1 ? 0 : -1 + 2 * Double(index) / Double(shape[axis] - 1)
  }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): one addition and a mix for every 64 bits.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) / 0x1p53
  }

  /// Mean 0, variance 1: the sum of four uniform numbers, near enough to normal for noise.
  mutating func gaussian() -> Float {
    let bits = next()
    let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
    // Each has the mean 65535/2 and the variance 65536²/12.
    return (Float(sum) - 131_070) / 37_837.2
  }
}
