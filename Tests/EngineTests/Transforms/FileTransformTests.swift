import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct FileTransformTests {
  private static let shifted = Affine(
    rows: [[1, 0, 0, 5], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])

  private func write(
    _ folder: TemporaryFolder, _ name: String, shape: [Int] = [4, 3, 2],
    affine: Affine = .identity
  ) throws -> String {
    try NIfTI.write(Tensor(zeros: shape), affine: affine, to: folder.file(name))
    return folder.file(name)
  }

  private func load(_ sample: Sample) throws -> Samples {
    let pipeline = Compose([
      try LoadImaged.make(["keys": .list([.string("image"), .string("label")])])
    ])
    _ = try pipeline.preview(SampleSpec(sample))
    var streams = pipeline.streams(seed: 0)
    return try pipeline.apply(sample, &streams, .testing)
  }

  @Test func imageAndLabelInDifferentPlaces() throws {
    let folder = try TemporaryFolder()
    let image = try write(folder, "image.nii.gz")
    let label = try write(folder, "label.nii.gz", affine: Self.shifted)
    let fault = #expect(throws: Fault.self) {
      try load(Sample(["image": .string(image), "label": .string(label)]))
    }
    #expect(fault?.message == "image and label lie in different places: their affines differ")
    #expect(fault?.notes.prefix(2) == ["image is \(image)", "label is \(label)"])
  }

  @Test func imageAndLabelOfDifferentSizes() throws {
    let folder = try TemporaryFolder()
    let image = try write(folder, "image.nii.gz")
    let label = try write(folder, "label.nii.gz", shape: [4, 3, 3])
    let fault = #expect(throws: Fault.self) {
      try load(Sample(["image": .string(image), "label": .string(label)]))
    }
    #expect(fault?.message == "image and label have different sizes")
    #expect(fault?.got == "[4, 3, 3]")
    #expect(fault?.wanted == "[4, 3, 2]")
  }

  @Test func gridsThatATransformMakesAlikeMayDiffer() throws {
    let folder = try TemporaryFolder()
    let flipped = Affine(rows: [[-1, 0, 0, 3], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    let both: Value = .list([.string("image"), .string("label")])
    let sample = Sample([
      "image": .string(try write(folder, "image.nii.gz")),
      "label": .string(try write(folder, "label.nii.gz", affine: flipped)),
    ])
    let pipeline = Compose([
      try LoadImaged.make(["keys": both]), try EnsureChannelFirstd.make(["keys": both]),
      try Orientationd.make(["keys": both, "axcodes": .string("RAS")]),
    ])
    var streams = pipeline.streams(seed: 0)
    #expect(throws: Never.self) { try pipeline.apply(sample, &streams, .testing) }
  }

  @Test func channelsFromFilesMustLieAlike() throws {
    let folder = try TemporaryFolder()
    let one = try write(folder, "one.nii.gz")
    let two = try write(folder, "two.nii.gz", affine: Self.shifted)
    let load = try LoadImaged.make(["keys": .string("image")])
    let fault = #expect(throws: Fault.self) {
      try load.applied(to: Sample(["image": .list([.string(one), .string(two)])]))
    }
    #expect(fault?.kind == .data)
    #expect(fault?.notes.prefix(2) == [one, two])
  }

  @Test(arguments: ["..", ".", "", "a\0b.nii.gz"]) func namesThatWouldEscapeAreRefused(
    input: String
  ) {
    #expect(throws: Fault.self) {
      try OutputName(
        input: input, folder: "out", root: "", postfix: "trans", separateFolder: true, patch: nil)
    }
  }

  @Test func filesStayBelowTheOutputFolder() throws {
    func path(_ input: String, root: String = "") throws -> String {
      try OutputName(
        input: input, folder: "out", root: root, postfix: "seg", separateFolder: true, patch: 2
      ).path
    }
    #expect(try path("/data/a/case.v1.nii.gz") == "out/case.v1/case.v1_seg_2")
    #expect(try path("/data/a/b/case.nii", root: "/data") == "out/a/b/case/case_seg_2")
    #expect(throws: Fault.self) { try path("/other/case.nii", root: "/data") }
    #expect(throws: Fault.self) { try path("/data/../other/case.nii", root: "/data") }
    let fault = #expect(throws: Fault.self) {
      try SaveImaged.make(["keys": .string("pred"), "output_postfix": .string("/../../seg")])
    }
    #expect(fault?.argument == ["output_postfix"])
  }

  @Test func twoCasesNeverShareAFile() throws {
    let folder = try TemporaryFolder()
    let save = try SaveImaged.make([
      "keys": .string("image"), "output_dir": .string(folder.path), "print_log": .bool(false),
    ])
    func sample(_ file: String) -> Sample {
      var sample = Sample()
      sample["image"] = .tensor(Tensor(zeros: [1, 2, 2, 2]))
      sample["image_meta_dict"] = .metadata(
        Metadata(fileName: file, affine: .identity, spatialShape: [2, 2, 2]))
      return sample
    }
    _ = try save.applied(to: sample("/data/one/image.nii.gz"))
    _ = try save.applied(to: sample("/data/one/image.nii.gz"))
    let fault = #expect(throws: Fault.self) {
      try save.applied(to: sample("/data/two/image.nii.gz"))
    }
    #expect(fault?.message == "two cases would be written to one file")
    #expect(fault?.argument == ["data_root_dir"])
  }
}
