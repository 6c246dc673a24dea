import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct SpatialParityTests {
  @Test(arguments: [
    "up", "down", "nearest", "isotropic", "same", "almost_same", "oblique", "align_corners",
    "zeros", "reflection", "float32", "diagonal", "diagonal_oblique",
  ])
  func spacing(name: String) throws {
    let f = try ParityFixture("transform_spacing")
    let input = try f.sample("input/\(f.optionalNote("\(name)/input") ?? "ct")")
    let transform = try f.transform(name)
    let output = try transform.applied(to: input)
    guard let keys = (transform as? any MapTransform)?.keys.values else { return }
    for key in keys {
      expectClose(try output.image(key), try f.image("\(name)/output/\(key)"), "\(name) \(key)")
      expectClose(
        try #require(output.metadata("\(key)_meta_dict")).affine,
        try f.affine("\(name)/output/\(key)_affine"), "\(name) \(key)")
      guard f.has("\(name)/inverse/\(key)") else { continue }
      let back = try transform.inverted(output, key: key)
      expectClose(
        try back.image(key), try f.image("\(name)/inverse/\(key)"), "\(name) \(key) inverted")
      expectClose(
        try #require(back.metadata("\(key)_meta_dict")).affine,
        try f.affine("\(name)/inverse/\(key)_affine"), "\(name) \(key) inverted")
    }
  }

  @Test(arguments: ["ct", "oblique"], ["RAS", "LPS", "LAS", "PLI", "SRA", "IPR"])
  func orientation(source: String, code: String) throws {
    let f = try ParityFixture("transform_orientation")
    let name = "\(source)/\(code)"
    let transform = try f.transform(name)
    let output = try transform.applied(to: f.sample("input/\(source)"))
    for key in ["image", "label"] {
      expectClose(
        try output.image(key), try f.image("\(name)/output/\(key)"), tolerance: 0, name)
      expectClose(
        try #require(output.metadata("\(key)_meta_dict")).affine,
        try f.affine("\(name)/output/\(key)_affine"), name)
      let back = try transform.inverted(output, key: key)
      expectClose(
        try back.image(key), try f.image("\(name)/inverse/\(key)"), tolerance: 0, name)
      expectClose(
        try #require(back.metadata("\(key)_meta_dict")).affine,
        try f.affine("\(name)/inverse/\(key)_affine"), name)
    }
  }

  @Test(arguments: ["ct", "oblique"]) func closestCanonical(source: String) throws {
    let f = try ParityFixture("transform_orientation")
    let name = "\(source)/closest_canonical"
    let output = try f.transform(name).applied(to: f.sample("input/\(source)"))
    expectClose(
      try output.image("image"), try f.image("\(name)/output/image"), tolerance: 0, name)
  }

  @Test(arguments: ["all", "first", "two", "last"]) func randFlip(name: String) throws {
    let f = try ParityFixture("transform_shift_flip")
    let transform = try f.transform("flip/\(name)")
    let input = try f.sample("input")
    var streams = [RandomState(seed: 0)]
    for call in 0..<6 {
      let output = try transform.apply(input, &streams, .testing).all[0]
      for key in ["image", "label"] {
        expectClose(
          try output.image(key), try f.image("flip/\(name)/\(call)/output/\(key)"), tolerance: 0)
        expectClose(
          try transform.inverted(output, key: key).image(key),
          try f.image("flip/\(name)/\(call)/inverse/\(key)"), tolerance: 0)
      }
    }
  }
}
