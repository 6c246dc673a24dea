import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct ComposeTests {
  private func cube() -> Sample {
    var label = [Float](repeating: 0, count: 1000)
    for x in 5..<8 {
      for y in 5..<8 { for z in 5..<8 { label[(x * 10 + y) * 10 + z] = 1 } }
    }
    var sample = Sample()
    sample["image"] = .tensor(
      Tensor([Float](repeating: 1, count: 1000), shape: [1, 10, 10, 10]))
    sample["label"] = .tensor(Tensor(label, shape: [1, 10, 10, 10]))
    return sample
  }

  private func crop(_ more: ValueDictionary = [:]) throws -> RandCropByPosNegLabeld {
    var arguments: ValueDictionary = [
      "keys": .list([.string("image"), .string("label")]), "label_key": .string("label"),
      "spatial_size": .list([.int(4), .int(4), .int(4)]), "num_samples": .int(2),
    ]
    for (name, value) in more { arguments[name] = value }
    return try RandCropByPosNegLabeld.make(arguments)
  }

  /// MONAI 0.8.1 with `determinism` 0.
  @Test func seededPipelineMakesTheSameCrops() throws {
    let shift = try RandShiftIntensityd.make([
      "keys": .string("image"), "offsets": .double(0.1), "prob": .double(0.5),
    ])
    let pipeline = Compose([try crop(), shift])
    var streams = pipeline.streams(seed: 0)
    let centres = [
      [[2, 5, 3], [6, 8, 2]], [[8, 6, 2], [5, 6, 5]], [[8, 8, 2], [7, 5, 5]],
    ]
    let voxels: [[Float]] = [[1, 0.964835], [1.0621167, 1], [1, 1]]
    for call in 0..<3 {
      let samples = try pipeline.apply(cube(), &streams, .testing).all
      #expect(
        try samples.map { try [Int](record: $0.trace(of: "image")[0], "center") } == centres[call])
      for (sample, wanted) in zip(samples, voxels[call]) {
        #expect(abs(try sample.image("image").elements(of: Float.self)[0] - wanted) < 1e-6)
      }
    }
  }

  @Test func cropCentresOfKnownIndices() throws {
    var label = [Float](repeating: 0, count: 8000)
    for index in 1000..<1100 { label[index] = 1 }
    var image = [Float](repeating: 0, count: 8000)
    for index in 5000..<6000 { image[index] = 1 }
    var sample = Sample()
    sample["image"] = .tensor(Tensor(image, shape: [1, 20, 20, 20]))
    sample["label"] = .tensor(Tensor(label, shape: [1, 20, 20, 20]))
    let transform = try crop([
      "spatial_size": .list([.int(8), .int(8), .int(8)]), "num_samples": .int(4),
      "image_key": .string("image"),
    ])
    var streams = [RandomState(seed: 0)]
    let crops = try transform.apply(sample, &streams, .testing).all
    #expect(
      try crops.map { try [Int](record: $0.trace(of: "image")[0], "center") }
        == [[14, 4, 9], [14, 8, 4], [12, 10, 9], [14, 7, 14]])
  }

  @Test func centresMoveInside() {
    let shape = [20, 20, 20]
    let size = [9, 8, 8]
    #expect(RandCropByPosNegLabeld.fitting([0, 0, 0], size: size, shape: shape) == [4, 4, 4])
    #expect(
      RandCropByPosNegLabeld.fitting([19, 19, 19], size: size, shape: shape) == [15, 16, 16])
  }

  @Test func faultsSayWhereTheyHappened() throws {
    let pipeline = Compose([try ToTensord.make(["keys": .string("image")]), try crop()])
    var sample = cube()
    sample["image_meta_dict"] = .metadata(
      Metadata(fileName: "case_7.nii.gz", affine: .identity, spatialShape: [10, 10, 10]))
    sample["label"] = nil
    var streams = pipeline.streams(seed: 0)
    let missing = #expect(throws: Fault.self) {
      try pipeline.apply(sample, &streams, .testing)
    }
    #expect(missing?.message == "the sample has no 'label'")
    #expect(missing?.notes.last == "applying RandCropByPosNegLabeld, transform 2 of 2")
    #expect(
      missing?.notes.first == "it has 'image', 'image_meta_dict', 'image_transforms'")
  }

  @Test func aCropLargerThanTheImageIsFoundAhead() throws {
    let pipeline = Compose([try crop(["spatial_size": .int(16)])])
    let fault = #expect(throws: Fault.self) { try pipeline.preview(SampleSpec(cube())) }
    #expect(fault?.message == "the random crop is larger than the image")
    #expect(fault?.got == "image [10, 10, 10]")
    #expect(fault?.argument == ["spatial_size"])
    var streams = pipeline.streams(seed: 0)
    #expect(throws: Fault.self) { try pipeline.apply(cube(), &streams, .testing) }
    let smaller = Compose([
      try crop(["spatial_size": .int(16), "allow_smaller": .bool(true)])
    ])
    #expect(try smaller.preview(SampleSpec(cube())).tensors["image"]?.shape == [1, 10, 10, 10])
  }

  @Test func previewAgreesWithTheRun() throws {
    var sample = cube()
    let rows: [[Double]] = [[0, -1, 0, 5], [2, 0, 0, 6], [0, 0, 3, 7], [0, 0, 0, 1]]
    for key in ["image", "label"] {
      sample[Sample.metadataKey(key)] = .metadata(
        Metadata(
          fileName: "\(key).nii.gz", affine: Affine(rows: rows), spatialShape: [10, 10, 10]))
    }
    let both: Value = .list([.string("image"), .string("label")])
    let pipeline = Compose([
      try Orientationd.make(["keys": both, "axcodes": .string("RAS")]),
      try Spacingd.make([
        "keys": both, "pixdim": .list([.double(1), .double(1), .double(2)]),
        "mode": .list([.string("bilinear"), .string("nearest")]),
      ]),
      try crop(),
    ])
    let spec = try pipeline.preview(SampleSpec(sample))
    var streams = pipeline.streams(seed: 1)
    let samples = try pipeline.apply(sample, &streams, .testing).all
    #expect(spec.sampleCount == 2)
    #expect(samples.count == 2)
    for key in ["image", "label"] {
      #expect(spec.tensors[key]?.shape == samples[0].tensor(key)?.shape.map { $0 })
      #expect(
        spec.metadata[key]?.affine == samples[0].metadata(Sample.metadataKey(key))?.affine)
    }
    #expect(spec.byteCount == 2 * 4 * 64)
  }

  @Test func aForegroundCropHasUnknownSize() throws {
    let pipeline = Compose([
      try CropForegroundd.make(["keys": .string("image"), "source_key": .string("image")])
    ])
    let spec = try pipeline.preview(SampleSpec(cube()))
    #expect(spec.tensors["image"]?.shape == [1, nil, nil, nil])
    #expect(spec.byteCount == nil)
  }

  @Test func onlyTheRandomPartIsRepeated() throws {
    let pipeline = Compose([
      try ToTensord.make(["keys": .string("image")]), try crop(),
      try ToTensord.make(["keys": .string("label")]),
    ])
    #expect(pipeline.randomStart == 1)
    #expect(pipeline.prefixText == "ToTensord({'keys': 'image'})")
    #expect(pipeline.summary == "ToTensord → RandCropByPosNegLabeld → ToTensord")
  }
}

@Suite struct RemarkTests {
  @Test func aRemarkComesOnceForEachCase() throws {
    let crop = try RandCropByPosNegLabeld.make([
      "keys": .string("label"), "label_key": .string("label"), "spatial_size": .int(2),
    ])
    var sample = Sample()
    sample["label"] = .tensor(Tensor(zeros: [1, 4, 4]))
    let sink = RecordingSink()
    let context = TransformContext(RunContext.testing(output: sink))
    var streams = [RandomState(seed: 0)]
    for _ in 0..<3 { _ = try crop.apply(sample, &streams, context) }
    #expect(
      sink.text(of: .note)
        == "RandCropByPosNegLabeld: no foreground, all crops are centred on the other")
  }
}
