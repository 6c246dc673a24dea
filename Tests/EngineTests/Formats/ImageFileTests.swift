import Components
import Glibc
import Testing

@testable import Engine

@Suite struct ImageFileTests {
  @Test(arguments: [".mha", ".nrrd", ".dcm", ".MHD", ".img"])
  func otherKindsSayHowToConvert(suffix: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1, 2, 3], "a" + suffix)
    let fault = try #require(throws: Fault.self) { try ImageFile.read(path) }
    #expect(fault.kind == .unsupported)
    #expect(
      fault.message
        == "\(path.quoted) is a \(suffix.lowercased()) file, which has to be converted first")
    let remedy = try #require(fault.remedy)
    #expect(remedy.contains(suffix == ".dcm" ? "dcm2niix" : "SimpleITK"))
  }

  @Test func aFolderIsADICOMSeries() throws {
    let folder = try TemporaryFolder()
    let fault = try #require(throws: Fault.self) { try ImageFile.read(folder.path) }
    #expect(fault.remedy == "dcm2niix -z y -f image -o OUT \(folder.path)")
  }

  /// Nobody ever writes into it.
  @Test func aPipeIsNotWaitedFor() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.nii")
    try #require(mkfifo(path, 0o600) == 0)
    let fault = try #require(throws: Fault.self) { try ImageFile.read(path) }
    #expect(fault.message.hasSuffix("it is a pipe or a device"))
  }

  @Test func unknownAndMissingFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array("abc".utf8), "a.txt")
    #expect(try #require(throws: Fault.self) { try ImageFile.read(path) }.got == "a .txt file")
    let missing = try #require(throws: Fault.self) { try ImageFile.read(path + ".nii") }
    #expect(missing.message == "there is no file \((path + ".nii").quoted)")
    let empty = try folder.write([], "e.nii.gz")
    #expect(
      try #require(throws: Fault.self) { try ImageFile.read(empty) }.message
        == "\(empty.quoted) is damaged: it is empty")
  }

  @Test func contentCountsMoreThanTheSuffix() throws {
    let folder = try TemporaryFolder()
    let plain = try folder.write(try Fixture.bytes("type-i2.nii"), "a.nii.gz")
    #expect(try ImageFile.read(plain).tensor.shape == [5, 4, 3])
    let packed = try folder.write(try Fixture.bytes("ras.nii.gz"), "b.nii")
    #expect(try ImageFile.read(packed).tensor.shape == [5, 4, 3])
    let picture = try folder.write(try Fixture.bytes("picture-0-8-0.png"), "c.nii")
    #expect(try ImageFile.read(picture).tensor.shape == [11, 9])
  }

  @Test func severalFilesBecomeChannels() throws {
    let paths = ["type-i2.nii", "type-u1.nii"].map(Fixture.path)
    let (tensor, metadata) = try ImageFile.read(paths)
    #expect(tensor.shape == [2, 5, 4, 3])
    #expect(metadata.originalChannelAxis == 0)
    #expect(metadata.spatialShape == [5, 4, 3])
    #expect(tensor.numbers[0] == -90 && tensor.numbers[60] == 0)
    #expect(try ImageFile.read([paths[0]]).tensor.shape == [5, 4, 3])
  }

  @Test func filesWithChannelsAreJoinedAlongThem() throws {
    let folder = try TemporaryFolder()
    let a = Tensor((0..<8).map(Float.init), shape: [2, 2, 1, 2])
    let b = Tensor((0..<8).map { Float($0) + 100 }, shape: [2, 2, 1, 2])
    try NIfTI.write(a, affine: .identity, to: folder.file("a.nii"))
    try NIfTI.write(b, affine: .identity, to: folder.file("b.nii"))
    let (tensor, metadata) = try ImageFile.read([folder.file("a.nii"), folder.file("b.nii")])
    #expect(tensor.shape == [2, 2, 1, 4])
    #expect(metadata.originalChannelAxis == 3)
    #expect(tensor.numbers == [0, 1, 100, 101, 2, 3, 102, 103, 4, 5, 104, 105, 6, 7, 106, 107])
  }

  @Test func channelsOfUnequalSizeAreRefused() throws {
    let fault = try #require(throws: Fault.self) {
      try ImageFile.read(["type-i2.nii", "tall.nii.gz"].map(Fixture.path))
    }
    #expect(fault.kind == .shape)
    #expect(fault.got == "[70, 3, 200] in \(Fixture.path("tall.nii.gz").quoted)")
  }
}
