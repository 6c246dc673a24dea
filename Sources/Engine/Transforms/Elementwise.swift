/// Voxels one thread takes at a time: small enough for the second-level cache, large enough that
/// taking parts costs nothing.
let voxelGrain = 1 << 16

extension Tensor {
  /// A float32 tensor of the same shape, filled by `body(input, output, count)` part by part.
  func mapped(
    threads: Int,
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    withElements(of: Float.self) { source in
      Tensor(shape: shape, of: Float.self) { target in
        guard let input = source.baseAddress, let output = target.baseAddress else { return }
        parallelFor(target.count, threads: threads, grain: voxelGrain) { part in
          body(input + part.lowerBound, output + part.lowerBound, part.count)
        }
      }
    }
  }

  /// A float32 tensor with another number of channels: `body(input, output, voxels, part)` fills the
  /// voxels of `part` in every plane.
  func mappedPlanes(
    channels: Int, threads: Int,
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Range<Int>) -> Void
  ) -> Tensor {
    let spatial = Array(shape.dropFirst())
    let voxels = spatial.reduce(1, *)
    return withElements(of: Float.self) { source in
      Tensor(shape: [channels] + spatial, of: Float.self) { target in
        guard let input = source.baseAddress, let output = target.baseAddress else { return }
        parallelFor(voxels, threads: threads, grain: voxelGrain) { part in
          body(input, output, voxels, part)
        }
      }
    }
  }
}
