import CKernels
import Testing

@testable import Engine

/// Our own convolutions of blocked activations against sums written out, at both block widths: blocks
/// alone and in pairs, rows shorter and longer than a tile.
@Suite struct BlockedConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var ins: Int
    var outs: Int
    var input: [Int]
    var kernel: [Int]
    var stride = 1
    /// Nil keeps the size at stride 1.
    var padding: [Int]?
    var parts = 2
    var testDescription: String {
      "\(ins) to \(outs) on \(input), kernel \(kernel), stride \(stride)"
    }
  }

  static let cases: [Case] = [
    Case(ins: 16, outs: 32, input: [5, 6, 7], kernel: [3, 3, 3]),
    Case(ins: 32, outs: 16, input: [5, 4, 19], kernel: [3, 3, 3], stride: 2),
    Case(ins: 48, outs: 16, input: [6, 5, 8], kernel: [3, 3, 3], stride: 2),
    Case(ins: 16, outs: 48, input: [1, 7, 30], kernel: [1, 1, 1], stride: 2),
    Case(ins: 16, outs: 16, input: [7, 7, 8], kernel: [5, 5, 5], stride: 3),
    Case(ins: 48, outs: 160, input: [9, 2, 25], kernel: [3, 3, 3]),
    Case(ins: 16, outs: 32, input: [3, 1, 1], kernel: [3, 3, 3], parts: 5),
    Case(ins: 32, outs: 16, input: [1, 9, 13], kernel: [1, 3, 3]),
    Case(ins: 16, outs: 32, input: [6, 4, 7], kernel: [5, 3, 3], padding: [0, 2, 0]),
    Case(ins: 16, outs: 16, input: [3, 4, 6], kernel: [3, 1, 3], padding: [1, 2, 2]),
  ]

  @Test(arguments: cases, [8, 16])
  func bothPassesAreTheWrittenOutSums(_ test: Case, width: Int) {
    let padding = test.padding ?? test.kernel.map { ($0 - 1) / 2 }
    let output = test.input.indices.map {
      (test.input[$0] + 2 * padding[$0] - test.kernel[$0]) / test.stride + 1
    }
    var shape = EtudeBlockedConvolution()
    // With blocks of 8, half of the channels: then an odd number of blocks occurs as well.
    let (ins, outs) = (test.ins * width / 16, test.outs * width / 16)
    (shape.batch, shape.width, shape.parts) = (2, Int64(width), Int32(test.parts))
    (shape.inBlocks, shape.outBlocks) = (Int64(ins / width), Int64(outs / width))
    func triple(_ values: [Int]) -> (Int64, Int64, Int64) {
      (Int64(values[0]), Int64(values[1]), Int64(values[2]))
    }
    func same(_ value: Int) -> (Int64, Int64, Int64) { triple([value, value, value]) }
    (shape.input, shape.output) = (triple(test.input), triple(output))
    (shape.kernel, shape.stride) = (triple(test.kernel), same(test.stride))
    (shape.padding, shape.dilation) = (triple(padding), same(1))

    let taps = test.kernel.reduce(1, *)
    let (inVoxels, outVoxels) = (test.input.reduce(1, *), output.reduce(1, *))
    // Small whole numbers: their sums are exact whatever the order.
    func numbers(_ count: Int, _ factor: Int) -> [Float] {
      (0..<count).map { Float(($0 * factor) % 7 - 3) }
    }
    let x = numbers(2 * ins * inVoxels, 5), y = numbers(2 * outs * outVoxels, 3)
    let weights = numbers(ins * outs * taps, 11)
    func place(_ item: Int, _ channel: Int, of channels: Int, _ voxel: Int, _ voxels: Int) -> Int {
      ((item * (channels / width) + channel / width) * voxels + voxel) * width + channel % width
    }
    var forward = [Float](repeating: 0, count: y.count)
    var backward = [Float](repeating: 0, count: x.count)
    for (outVoxel, position) in Self.positions(output).enumerated() {
      for (tap, offset) in Self.positions(test.kernel).enumerated() {
        let source = position.indices.map {
          position[$0] * test.stride - padding[$0] + offset[$0]
        }
        guard zip(source, test.input).allSatisfy({ 0..<$1 ~= $0 }) else { continue }
        let inVoxel = (source[0] * test.input[1] + source[1]) * test.input[2] + source[2]
        for item in 0..<2 {
          for out in 0..<outs {
            let to = place(item, out, of: outs, outVoxel, outVoxels)
            for into in 0..<ins {
              let from = place(item, into, of: ins, inVoxel, inVoxels)
              let weight = weights[(out * ins + into) * taps + tap]
              forward[to] += x[from] * weight
              backward[from] += y[to] * weight
            }
          }
        }
      }
    }
    for isBackward in [false, true] {
      var packed = [Float](repeating: .nan, count: weights.count)
      etude_pack_blocked_convolution(&shape, isBackward ? 1 : 0, weights, &packed)
      var result = [Float](repeating: .nan, count: isBackward ? x.count : y.count)
      etude_blocked_convolution(
        &shape, isBackward ? 1 : 0, isBackward ? y : x, packed, &result)
      #expect(result == (isBackward ? backward : forward), "backward: \(isBackward)")
      guard etude_has_winograd_convolution(&shape) != 0 else { continue }
      packed = Array(repeating: .nan, count: Int(etude_winograd_weights(&shape)))
      etude_pack_winograd_convolution(&shape, isBackward ? 1 : 0, weights, &packed)
      result = result.map { _ in .nan }
      var scratch = [Float](
        repeating: .nan, count: Int(etude_winograd_scratch(&shape, isBackward ? 1 : 0)))
      etude_winograd_convolution(
        &shape, isBackward ? 1 : 0, isBackward ? y : x, packed, &scratch, &result)
      #expect(result == (isBackward ? backward : forward), "Winograd, backward: \(isBackward)")
    }
  }

  /// All positions of a box, the last axis fastest.
  private static func positions(_ sizes: [Int]) -> [[Int]] {
    sizes.reduce([[]]) { heads, size in heads.flatMap { head in (0..<size).map { head + [$0] } } }
  }
}
