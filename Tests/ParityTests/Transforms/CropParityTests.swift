import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct CropParityTests {
  @Test(arguments: [
    "seed", "margin", "margin_per_axis", "divisible", "divisible_per_axis", "margin_divisible",
    "by_label",
  ])
  func cropForeground(name: String) throws {
    let f = try ParityFixture("transform_crop_foreground")
    let input = try f.sample("input")
    let transform = try f.transform(name)
    let output = try transform.applied(to: input)
    for (key, stored) in [
      ("foreground_start_coord", "start"), ("foreground_end_coord", "end"),
    ] {
      guard case .value(let value) = output[key] else {
        Issue.record("no \(stored) coordinate")
        continue
      }
      #expect(try [Int](argument: value) == f.integers("\(name)/\(key)"), "\(name)")
    }
    for key in ["image", "label"] {
      expectClose(try output.image(key), try f.image("\(name)/output/\(key)"), "\(name) \(key)")
      expectClose(
        try transform.inverted(output, key: key).image(key),
        try f.image("\(name)/inverse/\(key)"), "\(name) \(key) inverted")
    }
  }

  @Test(arguments: [("two_channels", nil), ("one_of_two_channels", [1])] as [(String, [Int]?)])
  func foregroundOfSeveralChannels(name: String, indices: [Int]?) throws {
    let f = try ParityFixture("transform_crop_foreground")
    var crop = CropForegroundd()
    crop.keys = .many(["image", "label"])
    crop.sourceKey = "image"
    crop.channelIndices = indices.map { .many($0) }
    let output = try crop.applied(to: f.sample("two_channels/input"))
    guard case .value(let start) = output["foreground_start_coord"],
      case .value(let end) = output["foreground_end_coord"]
    else { throw MissingFixture("coordinates") }
    #expect(try [Int](argument: start) == f.integers("\(name)/foreground_start_coord"))
    #expect(try [Int](argument: end) == f.integers("\(name)/foreground_end_coord"))
  }

  /// MONAI goes on with an image of no voxels; here the file is named.
  @Test func noForegroundIsAFault() throws {
    let f = try ParityFixture("transform_crop_foreground")
    var input = try f.sample("input")
    input["image"] = .tensor(Tensor(zeros: try input.image("image").shape))
    var crop = CropForegroundd()
    crop.keys = .many(["image", "label"])
    crop.sourceKey = "image"
    let fault = #expect(throws: Fault.self) { try crop.applied(to: input) }
    #expect(fault?.message == "'image' has no foreground: no voxel is above 0")
    #expect(fault?.notes.first?.contains("image.nii.gz") == true)
  }

  @Test(arguments: [
    "seed", "no_image_key", "odd_size", "whole_axis", "unset_axis", "three_to_one",
    "only_positive", "onehot", "no_foreground", "no_background", "allow_smaller",
  ])
  func randCropByPosNegLabel(name: String) throws {
    let f = try ParityFixture("transform_rand_crop_by_pos_neg_label")
    let source = f.optionalNote("\(name)/input") ?? "ct"
    let input = try f.sample("input/\(source)")
    let transform = try f.transform(name)
    for seed: UInt32 in [0, 1] {
      var streams = [RandomState(seed: seed)]
      for call in 0..<2 {
        #expect(f.optionalNote("\(name)/\(seed)/\(call)/error") == nil)
        let crops = try transform.apply(input, &streams, .testing).all
        let centres = try crops.map { crop in
          try [Int](record: crop.trace(of: "image")[0], "center")
        }
        #expect(
          try f.integers("\(name)/\(seed)/\(call)/centres") == centres.flatMap { $0 }, "\(name)")
        guard seed == 0 && call == 0 else { continue }
        for (number, crop) in crops.enumerated() {
          for key in ["image", "label"] {
            expectClose(
              try crop.image(key), try f.image("\(name)/0/0/\(number)/\(key)"), tolerance: 0,
              "\(name) \(number) \(key)")
          }
          #expect(crop.metadata("image_meta_dict")?.patchIndex == number)
        }
      }
    }
  }
}
