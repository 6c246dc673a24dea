import Components
import Testing

@testable import Engine

/// What MONAI 0.8.1 read from one of the fixture images.
struct ReferenceImage: Sendable, CustomStringConvertible {
  let name: String
  let shape: [Int]
  let affine: [Double]
  let sum: Double
  let weightedSum: Double
  let first: [Float]
  let hasChannels: Bool

  var description: String { name }

  static let all: [ReferenceImage] = {
    guard let bytes = try? Fixture.bytes("images.txt") else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      let fields = line.split(separator: "\t")
      return ReferenceImage(
        name: String(fields[0]), shape: fields[1].split(separator: "x").compactMap { Int($0) },
        affine: fields[2].split(separator: ",").compactMap { Double($0) },
        sum: Double(fields[3]) ?? .nan, weightedSum: Double(fields[4]) ?? .nan,
        first: fields[5].split(separator: ",").compactMap { Float($0) },
        hasChannels: fields[6] != "no_channel")
    }
  }()
}

@Suite struct NIfTITests {
  @Test func allFixturesAreThere() { #expect(ReferenceImage.all.count == 38) }

  @Test(arguments: ReferenceImage.all) func readsAsMONAI(image: ReferenceImage) throws {
    let (tensor, header) = try NIfTI.read(Fixture.path(image.name))
    #expect(tensor.shape == image.shape)
    let numbers = tensor.elements(of: Float.self)
    #expect(Array(numbers.prefix(3)) == image.first)
    #expect(numbers.reduce(0) { $0 + Double($1) }.isWithin(1e-12, of: image.sum))
    let weighted = numbers.enumerated().reduce(0) { $0 + Double($1.1) * Double($1.0 % 97 + 1) }
    #expect(weighted.isWithin(1e-12, of: image.weightedSum), "\(weighted)")
    for (own, reference) in zip(header.affine.rows.joined(), image.affine) {
      #expect(abs(own - reference) <= 1e-6, "\(header.affine.rows)")
    }
    let alone = try NIfTI.readHeader(Fixture.path(image.name))
    #expect(alone.shape == header.shape && alone.affine == header.affine)
    let (whole, metadata) = try ImageFile.read(Fixture.path(image.name))
    #expect(whole.shape == image.shape)
    #expect(metadata.spatialShape == Array(image.shape.prefix(3)))
    #expect(metadata.originalChannelAxis == (image.hasChannels ? image.shape.count - 1 : nil))
  }

  @Test func sayWhatWasPutUpWith() throws {
    let clean = ["ras.nii.gz", "las.nii.gz", "lps.nii.gz", "oblique.nii.gz", "big.nii"]
    for name in clean { #expect(try NIfTI.readHeader(Fixture.path(name)).notes == [], "\(name)") }
    #expect(
      try NIfTI.readHeader(Fixture.path("no-form.nii.gz")).notes
        == ["it has neither sform nor qform; its orientation is a guess"])
    #expect(try NIfTI.readHeader(Fixture.path("zooms.nii.gz")).notes.count == 1)
  }

  @Test(
    arguments: [".nii", ".nii.gz"], [[3], [3, 4], [5, 3, 4], [3, 5, 2, 4], [1, 2, 3, 1, 2]])
  func writtenImagesReadBackEqual(suffix: String, shape: [Int]) throws {
    let folder = try TemporaryFolder()
    let count = shape.reduce(1, *)
    let affine = Affine(rows: [[0, -2, 0, 5], [1.5, 0, 0, -3], [0, 0, -4, 9], [0, 0, 0, 1]])
    let path = folder.file("a" + suffix)
    let values = (0..<count).map { Float($0) * 0.5 - 7 }
    try NIfTI.write(Tensor(values, shape: shape), affine: affine, to: path)
    let (tensor, header) = try NIfTI.read(path)
    #expect(tensor.shape == shape)
    #expect(tensor.elements(of: Float.self) == values)
    #expect(header.affine == affine)
    #expect(header.notes == [])
    #expect(header.element == .float32 && header.scaling == nil)
  }

  @Test(arguments: NIfTI.Element.allCases) func convertsTowardsZeroAndClamps(
    element: NIfTI.Element
  ) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.nii")
    let values: [Float] = [1.9, -1.9, 300, -300, .nan, 0, 7]
    try NIfTI.write(Tensor(values, shape: [7, 1, 1]), affine: .identity, as: element, to: path)
    let read = try NIfTI.read(path).tensor.elements(of: Float.self)
    let isSigned = "\(element)".first == "i"
    let isFloat = "\(element)".first == "f"
    let low: Float = element == .int8 ? -128 : -300
    let high: Float = element == .uint8 ? 255 : element == .int8 ? 127 : 300
    if isFloat {
      #expect(read[0] == 1.9 && read[3] == -300 && read[4].isNaN)
    } else {
      #expect(read == [1, isSigned ? -1 : 0, high, isSigned ? low : 0, 0, 0, 7])
    }
  }

  @Test func everyDTypeIsWritten() throws {
    let folder = try TemporaryFolder()
    for dtype in DType.allCases {
      let tensor = Tensor(shape: [4, 1, 1], dtype: dtype) { bytes in
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        if dtype == .bool || dtype == .uint8 { bytes[2] = 1 }
      }
      let path = folder.file("\(dtype).nii.gz")
      try NIfTI.write(tensor, affine: .identity, to: path)
      #expect(try NIfTI.read(path).tensor.numbers == tensor.numbers, "\(dtype)")
    }
  }

  @Test func headerBytesAreThoseOfNibabel() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.nii")
    let affine = Affine(
      rows: [[0.8, 0.1, 0, 10], [-0.1, 0.9, 0.2, -5], [0, -0.2, 5, 3], [0, 0, 0, 1]])
    try NIfTI.write(
      Tensor((0..<24).map(Float.init), shape: [2, 3, 4]), affine: affine, to: path)
    let bytes = try folder.read("a.nii")
    func real(_ offset: Int) -> Float {
      Float(bitPattern: bytes.number(UInt32.self, at: offset) ?? 0)
    }
    #expect(bytes.count == 352 + 96)
    #expect((0..<4).map { real(76 + 4 * $0) } == [1, 0.8062258, 0.92736185, 5.0039983])
    let quaternion = (0..<3).map { real(256 + 4 * $0) }
    for (own, nibabel) in zip(quaternion, [-0.06416774, 0.0028211947, -0.058520664] as [Float]) {
      #expect(abs(own - nibabel) < 1e-7)
    }
    #expect(bytes[123] == 0, "units unknown")
    #expect(bytes.number(Int16.self, at: 252) == 0, "a quaternion cannot hold this shear")
    #expect(bytes.number(Int16.self, at: 254) == 1)
    #expect(Array(bytes[344..<352]) == Array("n+1\0".utf8) + [0, 0, 0, 0])
    // File order: the first axis runs fastest.
    #expect((0..<4).map { real(352 + 4 * $0) } == [0, 12, 4, 16])
  }

  @Test func axesTooLongForVersionOneGoOutAsVersionTwo() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("long.nii.gz")
    let tensor = Tensor((0..<40_000).map { UInt8($0 % 251) }, shape: [1, 40_000, 1])
    try NIfTI.write(tensor, affine: .identity, to: path)
    let (read, header) = try NIfTI.read(path)
    #expect(header.shape == [1, 40_000, 1] && header.affine == .identity)
    #expect(read.numbers == tensor.numbers)
  }

  @Test func everyFailingCallLeavesTheOldImage() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.nii.gz")
    let old = Tensor([1, 2] as [Float], shape: [2, 1, 1])
    let new = Tensor([3, 4] as [Float], shape: [2, 1, 1])
    let failures = try withEveryFailure(code: 28, style: .once) { disk in
      try NIfTI.write(old, affine: .identity, to: path)
      try NIfTI.write(new, affine: .identity, to: path, on: disk)
    } check: { error in
      #expect(error == nil || (error as? Fault)?.message.contains("a.nii.gz") == true)
      let left = try NIfTI.read(path).tensor.numbers
      #expect(left == [1, 2] || left == [3, 4])
    }
    #expect(failures >= 8)
  }

  @Test func anAffineThatMapsToAPlaneCannotBeWritten() throws {
    let flat = Affine(rows: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]])
    let fault = try #require(throws: Fault.self) {
      try NIfTI.write(Tensor(zeros: [2, 2, 2]), affine: flat, to: "/tmp/a.nii")
    }
    #expect(fault.message == "the affine for '/tmp/a.nii' is singular")
  }
}

extension Double {
  func isWithin(_ tolerance: Double, of other: Double) -> Bool {
    abs(self - other) <= tolerance * max(1, abs(other))
  }
}
