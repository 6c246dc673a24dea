import TestSupport
import Testing

@testable import Engine

@Suite struct LayoutTests {
  @Test(arguments: [4, 8, 16, 17, 40], [[3, 5, 7], [16, 16, 16], [1, 33]])
  func blocksAndBack(channels: Int, sizes: [Int]) {
    let count = 2 * channels * sizes.reduce(1, *)
    let plain = Tensor((0..<count).map { Float($0) }, shape: [2, channels] + sizes)
    let blocked = plain.converted(to: .blocked, .float32)
    #expect(blocked.converted(to: .plain, .float32).doubles() == plain.doubles())
    let voxels = sizes.reduce(1, *)
    blocked.withUnsafeBytes { bytes in
      let numbers = bytes.bindMemory(to: Float.self)
      let width = Tensor.blockWidth, padded = Tensor.padded(channels)
      #expect(numbers.count == 2 * padded * voxels)
      // Lanes beyond the last channel are zero.
      for lane in channels..<padded {
        let place = (lane / width) * voxels * width + lane % width
        #expect(numbers[place] == 0)
      }
    }
  }

  @Test func roundsToNearestEven() {
    let values: [Float] = [1, 1.00390625, 1.01171875, -3.14159, .infinity, .nan]
    let half = Tensor(values, shape: [1, 1, values.count]).converted(to: .plain, .bfloat16)
    let back = half.converted(to: .plain, .float32).elements(of: Float.self)
    #expect(back[0..<4] == [1, 1, 1.015625, -3.140625])
    #expect(back[4] == .infinity)
    #expect(back[5].isNaN)
  }

  @Test(arguments: [(16, 16), (8, 8), (2, 2), (32, 5), (20, 16)])
  func joinsAndCutsChannels(first: Int, second: Int) throws {
    let sizes = [3, 4, 5], voxels = 60
    func make(_ channels: Int, _ offset: Int) -> Parameter {
      let numbers = (0..<2 * channels * voxels).map { Float($0 + offset) }
      let plain = Tensor(numbers, shape: [2, channels] + sizes)
      return Parameter(
        name: "x", value: plain.converted(to: Tensor.layout(forChannels: channels), .float32))
    }
    let a = make(first, 0), b = make(second, 1_000_000)
    let joined = concatenated(Tensor(following: a), Tensor(following: b), .training)
    #expect(joined.shape == [2, first + second] + sizes)
    let numbers = joined.plain.doubles(), item = (first + second) * voxels
    #expect(
      Array(numbers[0..<first * voxels]) == Array(a.value.plain.doubles()[..<(first * voxels)]))
    #expect(numbers[item + first * voxels] == Double(1_000_000 + second * voxels))
    try backward(joined, gradient: joined.detached)
    #expect(a.gradient?.doubles() == a.value.plain.doubles())
    #expect(b.gradient?.doubles() == b.value.plain.doubles())
  }
}
