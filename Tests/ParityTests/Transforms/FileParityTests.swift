import Components
import Foundation
import TestSupport
import Testing

@testable import Engine

@Suite struct FileParityTests {
  private static let nifti = ParityFixture.folder.appendingPathComponent("nifti").path

  private func listed(_ name: String) -> Sample {
    Sample(["image": .string("\(Self.nifti)/\(name)")])
  }

  @Test func everyFileLoadsAsThere() throws {
    let f = try ParityFixture("nifti_loaded")
    let names = try [String](argument: f.value("files"))
    #expect(names.count >= 20)
    let load = try LoadImaged.make(["keys": .string("image")])
    let first = try EnsureChannelFirstd.make(["keys": .string("image")])
    for name in names {
      let output = try load.applied(to: listed(name))
      expectClose(try output.image("image"), try f.image("\(name)/array"), name)
      let metadata = try #require(output.metadata("image_meta_dict"))
      expectClose(metadata.affine, try f.affine("\(name)/affine"), name)
      #expect(
        try first.applied(to: output).image("image").shape
          == f.integers("\(name)/channel_first_shape"), "\(name)")
      let spec = try first.preview(load.preview(SampleSpec(listed(name))))
      #expect(
        try spec.tensors["image"]?.shape
          == f.integers("\(name)/channel_first_shape").map { $0 }, "\(name)")
    }
  }

  @Test(arguments: ["las.nii.gz", "oblique.nii.gz", "permuted.nii.gz"])
  func closestCanonical(name: String) throws {
    let f = try ParityFixture("nifti_loaded")
    let load = try LoadImaged.make([
      "keys": .string("image"), "as_closest_canonical": .bool(true),
    ])
    let output = try load.applied(to: listed(name))
    expectClose(try output.image("image"), try f.image("canonical/\(name)/array"), name)
    let metadata = try #require(output.metadata("image_meta_dict"))
    expectClose(metadata.affine, try f.affine("canonical/\(name)/affine"), name)
    expectClose(metadata.originalAffine, try f.affine("canonical/\(name)/original_affine"), name)
    let spec = try load.preview(SampleSpec(listed(name)))
    #expect(spec.tensors["image"]?.shape == (try output.image("image").shape.map { $0 }))
    #expect(spec.metadata["image"]?.affine == metadata.affine)
  }

  /// The chains of the fixture script.
  private func chain(_ name: String) throws -> Compose {
    let both: Value = .list([.string("image"), .string("label")])
    var transforms: [any Transform] = [
      try LoadImaged.make(["keys": both]), try EnsureChannelFirstd.make(["keys": both]),
    ]
    if name == "orientation" {
      transforms.append(try Orientationd.make(["keys": both, "axcodes": .string("LPS")]))
    }
    if name == "orientation" || name == "spacing" {
      transforms.append(
        try Spacingd.make([
          "keys": both, "pixdim": .list([.double(1.2), .double(1.2), .double(1.8)]),
          "mode": .list([.string("bilinear"), .string("nearest")]),
        ]))
    }
    transforms.append(
      try ScaleIntensityRanged.make([
        "keys": .string("image"), "a_min": .int(-57), "a_max": .int(164), "b_min": .double(0),
        "b_max": .double(1), "clip": .bool(true),
      ]))
    var crop: ValueDictionary = ["keys": both, "source_key": .string("image")]
    if name == "crop_divisible" { crop["k_divisible"] = .int(8) }
    transforms.append(try CropForegroundd.make(crop))
    transforms.append(try ToTensord.make(["keys": both]))
    return Compose(transforms)
  }

  private func made(_ chain: Compose, _ source: String) throws -> Sample {
    var streams = chain.streams(seed: 0)
    let item = Sample([
      "image": .string("\(Self.nifti)/\(source)_image.nii.gz"),
      "label": .string("\(Self.nifti)/\(source)_label.nii.gz"),
    ])
    return try chain.apply(item, &streams, .testing).all[0]
  }

  @Test(
    arguments: ["seed", "seed_oblique", "spacing", "orientation", "crop_divisible"],
    [false, true])
  func invert(name: String, nearest: Bool) throws {
    let f = try ParityFixture("transform_invert")
    let chain = try chain(name)
    var sample = try made(chain, try #require(f.optionalNote("\(name)/input")))
    expectClose(try sample.image("image"), try f.image("\(name)/image"), name)
    sample["pred"] = .tensor(try f.image("\(name)/pred"))
    let invert = try Invertd.make([
      "keys": .string("pred"), "transform": .object(chain), "orig_keys": .string("image"),
      "meta_keys": .string("pred_meta_dict"), "nearest_interp": .bool(nearest),
      "to_tensor": .bool(true), "device": .string("cpu"),
    ])
    let output = try invert.applied(to: sample)
    let kind = "\(name)/\(nearest ? "nearest" : "bilinear")"
    expectClose(try output.image("pred"), try f.image("\(kind)/pred"), kind)
    expectClose(
      try #require(output.metadata("pred_meta_dict")).affine, try f.affine("\(kind)/affine"), kind)
    #expect(try output.image("image").shape == sample.image("image").shape)
  }

  @Test(arguments: [
    "resampled", "not_resampled", "defaults", "reoriented", "bilinear", "two_channels",
    "not_squeezed", "uint8", "postfix", "one_folder", "data_root", "patch",
  ])
  func save(name: String) throws {
    let f = try ParityFixture("transform_save_image")
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    guard case .dict(var arguments) = try f.value("\(name)/args") else { return }
    arguments["keys"] = .string("pred")
    arguments["meta_keys"] = .string("pred_meta_dict")
    arguments["output_dir"] = .string(folder)
    if arguments["data_root_dir"] != nil {
      arguments["data_root_dir"] = .string(ParityFixture.folder.path)
    }
    var sample = Sample()
    sample["pred"] = .tensor(try f.image("\(name)/pred"))
    var metadata = Metadata(
      fileName: "\(Self.nifti)/\(try #require(f.optionalNote("\(name)/source")))",
      affine: try f.affine("\(name)/pred_affine"),
      spatialShape: try f.integers("\(name)/original_shape"))
    metadata.originalAffine = try f.affine("\(name)/original_affine")
    if name == "patch" { metadata.patchIndex = 3 }
    sample["pred_meta_dict"] = .metadata(metadata)
    _ = try SaveImaged.make(arguments).applied(to: sample)

    let path = folder + "/" + (try #require(f.optionalNote("\(name)/file")))
    let (tensor, header) = try NIfTI.read(path)
    expectClose(tensor, try f.image("\(name)/data"), name)
    expectClose(header.affine, try f.affine("\(name)/affine"), name)
    if name == "uint8" { #expect(header.element == .uint8) }
  }

  @Test func filesOfOneImageBecomeChannels() throws {
    let f = try ParityFixture("nifti_loaded")
    let item = Sample([
      "image": .list(
        ["las.nii.gz", "scaled.nii.gz"].map { .string("\(Self.nifti)/\($0)") })
    ])
    let load = try LoadImaged.make(["keys": .string("image")])
    let output = try load.applied(to: item)
    expectClose(try output.image("image"), try f.image("several/array"))
    #expect(output.metadata("image_meta_dict")?.originalChannelAxis == 0)
    #expect(
      try load.preview(SampleSpec(item)).tensors["image"]?.shape
        == output.image("image").shape.map { $0 })
  }
}
