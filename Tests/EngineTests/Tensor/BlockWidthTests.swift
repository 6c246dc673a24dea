import CKernels
import Foundation
import TestSupport
import Testing

@testable import Engine

/// The kernels on blocks of 8 channels and of 16, whatever this processor prefers, against the plain
/// layout.
@Suite struct BlockWidthTests {
  private static let batch = 2, channels = 20

  /// Numbers that are exact in float32 sums.
  private static func numbers(_ voxels: Int, _ factor: Int) -> [Float] {
    (0..<batch * channels * voxels).map { Float(($0 * factor) % 61 - 30) / 8 }
  }

  private static func blocked(_ plain: [Float], width: Int, voxels: Int) -> [Float] {
    let padded = (channels + width - 1) / width * width
    var result = [Float](repeating: .nan, count: batch * padded * voxels)
    etude_plain_to_blocked(
      plain, 0, &result, 0, Int64(batch), Int64(channels), Int64(voxels), Int64(width), 2)
    return result
  }

  private static func plain(_ blocked: [Float], width: Int, voxels: Int) -> [Float] {
    var result = [Float](repeating: .nan, count: batch * channels * voxels)
    etude_blocked_to_plain(
      blocked, 0, &result, 0, Int64(batch), Int64(channels), Int64(voxels), Int64(width), 2)
    return result
  }

  private static func lines(width: Int, voxels: Int) -> EtudeLines {
    EtudeLines(
      batch: Int64(batch), lines: Int64((channels + width - 1) / width),
      length: Int64(voxels * width), width: Int32(width), parts: 2)
  }

  /// The clones for AVX2 are chosen by what a processor can, whatever its name.
  @Test func fusedMultiplyAddIsUsedWhereThereIsOne() throws {
    let flags =
      try String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
      .split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? []
    let x: Float = 1 + 0x1p-12
    // x² is 1 + 2⁻¹¹ + 2⁻²⁴, which a float cannot hold.
    let rest = etude_multiply_add(x, x, -(1 + 0x1p-11))
    #expect((rest == 0x1p-24) == (flags.contains("avx2") && flags.contains("fma")))
  }

  @Test(arguments: [8, 16], [1, 15, 16, 33, 130])
  func blocksAndBack(width: Int, voxels: Int) {
    let numbers = Self.numbers(voxels, 7)
    let blocked = Self.blocked(numbers, width: width, voxels: voxels)
    #expect(Self.plain(blocked, width: width, voxels: voxels) == numbers)
    let padded = (Self.channels + width - 1) / width * width
    for lane in Self.channels..<padded {
      let place = lane / width * voxels * width + lane % width
      #expect(blocked[place] == 0)
    }
  }

  @Test(arguments: [8, 16], [15, 16, 33, 1100])
  func momentsAreThoseOfPlainLines(width: Int, voxels: Int) {
    func moments(_ numbers: [Float], width: Int) -> (mean: [Double], squares: [Double]) {
      let padded = (Self.channels + width - 1) / width * width
      var mean = [Double](repeating: .nan, count: Self.batch * padded), squares = mean
      var lines = Self.lines(width: width, voxels: voxels)
      etude_moments(&lines, numbers, 0, &mean, &squares)
      func real(_ all: [Double]) -> [Double] {
        (0..<Self.batch).flatMap { all[$0 * padded..<$0 * padded + Self.channels] }
      }
      return (real(mean), real(squares))
    }
    let numbers = Self.numbers(voxels, 11)
    let expected = moments(numbers, width: 1)
    let found = moments(Self.blocked(numbers, width: width, voxels: voxels), width: width)
    #expect(found.mean.isClose(to: expected.mean, within: 1e-6))
    #expect(found.squares.isClose(to: expected.squares, within: 1e-3))
  }

  @Test(arguments: [8, 16], [15, 16, 33, 1100])
  func activationsAndGradientsAreThoseOfPlainLines(width: Int, voxels: Int) {
    func run(width: Int) -> (out: [Float], sums: [Double], slope: Double, gradient: [Float]) {
      func laid(_ numbers: [Float]) -> [Float] {
        width == 1 ? numbers : Self.blocked(numbers, width: width, voxels: voxels)
      }
      func real(_ numbers: [Float]) -> [Float] {
        width == 1 ? numbers : Self.plain(numbers, width: width, voxels: voxels)
      }
      let x = laid(Self.numbers(voxels, 7)), gradient = laid(Self.numbers(voxels, 13))
      let residual = laid(Self.numbers(voxels, 5))
      let padded = (Self.channels + width - 1) / width * width
      func perChannel(_ factor: Float) -> [Float] {
        (0..<padded).map { $0 < Self.channels ? Float($0 % 7 - 3) * factor : 0 }
      }
      let mean = perChannel(0.25), scale = perChannel(0.5), shift = perChannel(0.125)
      var lines = Self.lines(width: width, voxels: voxels)
      var out = x, back = x, slope = 0.0
      var sums = [Double](repeating: .nan, count: Self.batch * padded), products = sums
      mean.withUnsafeBufferPointer { mean in
        scale.withUnsafeBufferPointer { scale in
          shift.withUnsafeBufferPointer { shift in
            var affine = EtudeAffine(
              mean: mean.baseAddress, scale: scale.baseAddress, shift: shift.baseAddress,
              perItem: 0, slope: 0.25)
            etude_affine_activation(&lines, &affine, x, 0, residual, &out, 0)
            etude_affine_activation_sums(
              &lines, &affine, x, 0, gradient, 0, &sums, &products, &slope)
            etude_affine_activation_backward(
              &lines, &affine, perChannel(1), perChannel(0.5), perChannel(0.25), x, 0, gradient,
              &back, 0)
          }
        }
      }
      let used = (0..<Self.batch).flatMap { item in
        (0..<Self.channels).flatMap { [sums[item * padded + $0], products[item * padded + $0]] }
      }
      return (real(out), used, slope, real(back))
    }
    let expected = run(width: 1), found = run(width: width)
    #expect(found.out == expected.out)
    #expect(found.gradient == expected.gradient)
    #expect(found.sums.isClose(to: expected.sums, within: 1e-2))
    #expect((found.slope - expected.slope).magnitude < 1e-2)
  }
}
