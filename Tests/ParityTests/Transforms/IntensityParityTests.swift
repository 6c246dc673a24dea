import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct IntensityParityTests {
  @Test(arguments: ["seed", "no_clip", "no_target", "other_target", "equal"])
  func scaleIntensityRange(name: String) throws {
    let f = try ParityFixture("transform_scale_intensity_range")
    let result = try f.transform(name).applied(to: f.sample("input", keys: ["image"]))
    let got = try result.image("image")
    let wanted = try f.image("\(name)/output/image")
    #expect(got.shape == wanted.shape)
    #expect(got.elements(of: Float.self) == wanted.elements(of: Float.self), "\(name)")
  }

  @Test(arguments: ["seed", "both_keys", "pair", "negative"], [0, 42] as [UInt32])
  func randShiftIntensity(name: String, seed: UInt32) throws {
    let f = try ParityFixture("transform_shift_flip")
    let transform = try f.transform("shift/\(name)")
    let input = try f.sample("input")
    var streams = Array(repeating: RandomState(seed: seed), count: 2)
    for call in 0..<6 {
      let output = try transform.apply(input, &streams, .testing).all[0]
      let added = try f.numbers("shift/\(name)/\(seed)/\(call)/added")
      for (index, key) in ["image", "label"].enumerated() {
        let (a, b) = (try output.image(key), try input.image(key))
        let difference =
          Double(a.elements(of: Float.self)[0]) - Double(b.elements(of: Float.self)[0])
        #expect(abs(difference - added[index]) <= 1e-6, "\(name) call \(call) \(key)")
      }
      if call == 0 {
        expectClose(
          try output.image("image"), try f.image("shift/\(name)/\(seed)/0/image"), "\(name)")
      }
    }
  }
}
