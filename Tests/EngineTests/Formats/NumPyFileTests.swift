import Components
import Testing

@testable import Engine

@Suite struct NumPyFileTests {
  /// The values `make_images.py` puts into its arrays.
  private func values(_ count: Int) -> [Double] {
    (0..<count).map { index in
      let step = index * 7 % 251
      return Double(step - 90)
    }
  }

  @Test func readsEitherOrderAndEndian() throws {
    let expected: [(String, [Int], [Double])] = [
      ("c-f4", [3, 4, 2], values(24)),
      ("fortran-i2", [3, 4, 2], values(24)),
      ("big-f8", [5], values(5)),
      ("bool", [2, 3], [0, 1, 1, 1, 1, 1]), ("scalar", [], [0]),
    ]
    for (name, shape, numbers) in expected {
      let path = Fixture.path("\(name).npy")
      let (tensor, metadata) = try ImageFile.read(path)
      #expect(tensor.shape == shape && tensor.numbers == numbers, "\(name)")
      #expect(metadata.spatialShape == shape && metadata.originalChannelAxis == nil)
      #expect(try ImageFile.readHeader(path).shape == shape)
    }
  }

  @Test func objectsAreRefused() throws {
    let fault = try #require(throws: Fault.self) { try ImageFile.read(Fixture.path("object.npy")) }
    #expect(fault.message.hasSuffix("holds '|O', not an array of numbers"))
  }

  @Test func damageNeverTraps() throws {
    let good = try Fixture.bytes("fortran-i2.npy")
    for count in good.indices {
      #expect(throws: Fault.self) {
        try NumPyFile.read(MemorySource(Array(good[..<count]), path: "x"))
      }
    }
    for index in 0..<128 {
      for bit in 0..<8 {
        var bytes = good
        bytes[index] ^= 1 << bit
        do { _ = try NumPyFile.read(MemorySource(bytes, path: "x")) } catch is Fault {}
      }
    }
  }
}
