import CKernels
import Components

/// How values between voxels are made.
public enum InterpolationMode: String, ChoiceArgument, Sendable { case bilinear, nearest }

/// What stands beyond the edge when an image is resampled; torch's `grid_sample` names.
public enum SamplingPadding: String, ChoiceArgument, Sendable {
  case border, zeros, reflection

  fileprivate var code: Int32 {
    switch self {
    case .border: Int32(ETUDE_PAD_BORDER)
    case .zeros: Int32(ETUDE_PAD_ZEROS)
    case .reflection: Int32(ETUDE_PAD_REFLECTION)
    }
  }
}

/// Reads an image on another grid.
///
/// Coordinates run through torch's normalised form (`affine_grid`, `grid_sample` 1.13.1) in double,
/// so that a nearest neighbour half way between two voxels is the same voxel there and here.
struct Resampling {
  /// Voxel index of the result → voxel index of the source, size rank + 1.
  var transform: Matrix
  var shape: [Int]
  var mode = InterpolationMode.bilinear
  var padding = SamplingPadding.border
  var alignCorners = false

  /// Shapes: `[C, spatial…]` float32 in and out, 2-D or 3-D.
  func apply(_ image: Tensor, threads: Int) throws(Fault) -> Tensor {
    let source = Array(image.shape.dropFirst())
    guard !source.contains(0) else {
      throw Fault(.shape, "the image is empty", got: "\(image.shape)")
    }
    guard !shape.contains(0) else { return Tensor(zeros: [image.shape[0]] + shape) }
    let rank = source.count
    let theta = try normalised(source)
    let lead = 3 - rank
    let isSeparable = (0..<rank).allSatisfy { row in
      (0..<rank).allSatisfy { $0 == row || theta[row, $0] == 0 }
    }
    let sizes = Array(repeating: 1, count: lead) + source
    let newSizes = Array(repeating: 1, count: lead) + shape
    let bases = newSizes.map { base($0) }
    return image.withElements(of: Float.self) { elements in
      Tensor(shape: [image.shape[0]] + shape, of: Float.self) { target in
        guard let input = elements.baseAddress, let output = target.baseAddress else { return }
        let planes = Planes(
          input: input, output: output, sizes: sizes, newSizes: newSizes,
          channels: image.shape[0], threads: threads)
        if isSeparable {
          let taps = (0..<3).map { axis in
            axis < lead
              ? Taps.identity
              : self.taps(
                base: bases[axis], scale: theta[axis - lead, axis - lead],
                shift: theta[axis - lead, rank], size: sizes[axis])
          }
          planes.fill(taps)
        } else {
          planes.fill(self, theta, bases, lead: lead)
        }
      }
    }
  }

  /// The transform between normalised coordinates; MONAI's `to_norm_affine`.
  private func normalised(_ source: [Int]) throws(Fault) -> Matrix {
    guard let back = normalisation(shape).inverse else { throw Affine.singular("grid") }
    return normalisation(source) * transform * back
  }

  private func normalisation(_ sizes: [Int]) -> Matrix {
    var matrix = Matrix(identity: sizes.count + 1)
    for (axis, size) in sizes.enumerated() {
      if alignCorners {
        matrix[axis, axis] = 2 / (size <= 1 ? 1 : Double(size) - 1)
        matrix[axis, sizes.count] = -1
      } else {
        matrix[axis, axis] = 2 / Double(size)
        matrix[axis, sizes.count] = 1 / Double(size) - 1
      }
    }
    return matrix
  }

  /// torch's `linspace_from_neg_one`.
  private func base(_ count: Int) -> [Double] {
    guard count > 1 else { return [0] }
    let step = 2 / Double(count - 1)
    return (0..<count).map { index in
      let place =
        index < count / 2 ? -1 + step * Double(index) : 1 - step * Double(count - index - 1)
      return alignCorners ? place : place * Double(count - 1) / Double(count)
    }
  }

  private func taps(base: [Double], scale: Double, shift: Double, size: Int) -> Taps {
    var taps = Taps()
    for place in base {
      let at = etude_source_index(place * scale + shift, size, padding.code, alignCorners ? 1 : 0)
      if mode == .nearest {
        let index = at.rounded(.toNearestOrEven)
        let isInside = index >= 0 && index < Double(size)
        taps.append(isInside ? Int(index) : 0, isInside ? 1 : 0, 0, 0)
      } else {
        let low = at.rounded(.down)
        let part = at - low
        let hasLow = low >= 0 && low < Double(size)
        let hasHigh = low + 1 >= 0 && low + 1 < Double(size)
        taps.append(
          hasLow ? Int(low) : 0, hasLow ? 1 - part : 0, hasHigh ? Int(low) + 1 : 0,
          hasHigh ? part : 0)
      }
    }
    return taps
  }
}

/// Where the samples of one axis come from; see `etude_axis_taps`.
private struct Taps {
  var first: [Int32] = []
  var second: [Int32] = []
  var firstWeight: [Double] = []
  var secondWeight: [Double] = []

  static var identity: Taps {
    var taps = Taps()
    taps.append(0, 1, 0, 0)
    return taps
  }

  mutating func append(_ first: Int, _ weight: Double, _ second: Int, _ otherWeight: Double) {
    self.first.append(Int32(first))
    self.second.append(Int32(second))
    firstWeight.append(weight)
    secondWeight.append(otherWeight)
  }

  func withPointers<R>(_ body: (etude_axis_taps) -> R) -> R {
    first.withUnsafeBufferPointer { i0 in
      second.withUnsafeBufferPointer { i1 in
        firstWeight.withUnsafeBufferPointer { w0 in
          secondWeight.withUnsafeBufferPointer { w1 in
            body(
              etude_axis_taps(
                i0: i0.baseAddress, i1: i1.baseAddress, w0: w0.baseAddress, w1: w1.baseAddress))
          }
        }
      }
    }
  }
}

/// The channels of an image and of its new form, as the kernels take them.
private struct Planes {
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let sizes: [Int]
  let newSizes: [Int]
  let channels: Int
  let threads: Int

  func fill(_ taps: [Taps]) {
    taps[0].withPointers { x in
      taps[1].withPointers { y in
        taps[2].withPointers { z in
          let all = [x, y, z]
          eachPart { input, output, part in
            var row = [Double](repeating: 0, count: sizes[2])
            etude_resample_separable(
              input, sizes, output, newSizes, all, part.lowerBound, part.upperBound, &row)
          }
        }
      }
    }
  }

  func fill(_ resampling: Resampling, _ theta: Matrix, _ bases: [[Double]], lead: Int) {
    var grid = etude_sampling_grid()
    grid.padding = resampling.padding.code
    grid.nearest = resampling.mode == .nearest ? 1 : 0
    grid.align_corners = resampling.alignCorners ? 1 : 0
    // A 2-D image is one plane: its x coordinate is the middle of that plane, normalised 0.
    var full = Matrix(zeros: 4)
    for row in 0..<(3 - lead) {
      for column in 0..<(3 - lead) { full[row + lead, column + lead] = theta[row, column] }
      full[row + lead, 3] = theta[row, 3 - lead]
    }
    withUnsafeMutableBytes(of: &grid.theta) { bytes in
      let numbers = bytes.bindMemory(to: Double.self)
      for index in 0..<12 { numbers[index] = full[index / 4, index % 4] }
    }
    bases[0].withUnsafeBufferPointer { x in
      bases[1].withUnsafeBufferPointer { y in
        bases[2].withUnsafeBufferPointer { z in
          grid.base = (x.baseAddress, y.baseAddress, z.baseAddress)
          let fixed = grid
          eachPart { input, output, part in
            withUnsafePointer(to: fixed) {
              etude_resample_affine(
                input, sizes, output, newSizes, $0, part.lowerBound, part.upperBound)
            }
          }
        }
      }
    }
  }

  /// Slabs of 4 planes of one channel each.
  private func eachPart(
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Range<Int>) -> Void
  ) {
    let (count, newCount) = (sizes.reduce(1, *), newSizes.reduce(1, *))
    for channel in 0..<channels {
      parallelFor(newSizes[0], threads: threads, grain: 4) { part in
        body(input + channel * count, output + channel * newCount, part)
      }
    }
  }
}
