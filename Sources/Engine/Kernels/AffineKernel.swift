import CKernels

/// Numbers for each channel of an activation and the slope after them: `slope(x · scale + shift)`.
struct ChannelAffine: Sendable {
  /// One entry a channel, padding included; with `perItem`, for each item of the batch.
  var mean: [Float]
  var scale: [Float]
  var shift: [Float]
  var perItem = false
  /// Factor below zero: 1 is no activation, 0 is ReLU.
  var slope: Float = 1

  /// Leaves `channels` channels as they are.
  init(identityFor channels: Int) {
    mean = Array(repeating: 0, count: channels)
    scale = Array(repeating: 1, count: channels)
    shift = mean
  }
}

/// Per-channel statistics, affine maps and activations of one activation tensor's form.
struct AffineKernel {
  private let lines: EtudeLines
  /// Channels of one item, padding included.
  let channels: Int

  init(_ x: Tensor) {
    let blocked = x.layout == .blocked
    let width = blocked ? Tensor.blockWidth : 1
    channels = blocked ? Tensor.padded(x.shape[1]) : x.shape[1]
    lines = EtudeLines(
      batch: Int64(x.shape[0]), lines: Int64(channels / width), length: Int64(x.voxels * width),
      width: Int32(width),
      parts: Int32(x.count < 32768 ? 1 : ComputeThreads.count))
  }

  /// Mean and sum of squared deviations for every channel of every item.
  func moments(_ x: Tensor) -> (mean: [Double], squares: [Double]) {
    let count = Int(lines.batch) * channels
    var mean = Array(repeating: 0.0, count: count), squares = mean
    var lines = lines
    etude_moments(&lines, x.storage.bytes.baseAddress, half(x), &mean, &squares)
    return (mean, squares)
  }

  func apply(_ affine: ChannelAffine, _ x: Tensor, residual: Tensor?, as dtype: DType) -> Tensor {
    let out = Tensor(uninitialized: x.shape, dtype: dtype, layout: x.layout)
    apply(affine, x, residual: residual, to: out)
    return out
  }

  /// Fills `out`, which may be x itself.
  func apply(_ affine: ChannelAffine, _ x: Tensor, residual: Tensor?, to out: Tensor) {
    let residual = residual?.converted(to: x.layout, out.dtype)
    var lines = lines
    withForm(affine) { form in
      etude_affine_activation(
        &lines, form, x.storage.bytes.baseAddress, half(x), residual?.storage.bytes.baseAddress,
        out.storage.bytes.baseAddress, half(out))
    }
    withExtendedLifetime((x, residual)) {}
  }

  /// With dz the gradient before the activation: Σ dz and Σ dz·(x - mean) for every channel of every
  /// item, and the gradient of the slope.
  func sums(_ affine: ChannelAffine, _ x: Tensor, _ gradient: Tensor)
    -> (sums: [Double], products: [Double], slope: Double)
  {
    let count = Int(lines.batch) * channels
    var sums = Array(repeating: 0.0, count: count), products = sums, slope = 0.0
    var lines = lines
    withForm(affine) { form in
      etude_affine_activation_sums(
        &lines, form, x.storage.bytes.baseAddress, half(x), gradient.storage.bytes.baseAddress,
        half(gradient), &sums, &products, &slope)
    }
    return (sums, products, slope)
  }

  /// `a·dz + b·(x - mean) + c`, over the gradient when nobody else holds it and `mayOverwrite`.
  func backward(
    _ affine: ChannelAffine, a: [Float], b: [Float], c: [Float], _ x: Tensor,
    _ gradient: consuming Tensor, mayOverwrite: Bool
  ) -> Tensor {
    var g = gradient
    let out = mayOverwrite && g.isUnshared() ? g : Tensor(like: g)
    var lines = lines
    withForm(affine) { form in
      etude_affine_activation_backward(
        &lines, form, a, b, c, x.storage.bytes.baseAddress, half(x), g.storage.bytes.baseAddress,
        out.storage.bytes.baseAddress, half(out))
    }
    withExtendedLifetime(g) {}
    return out
  }

  private func half(_ x: Tensor) -> Int32 { x.dtype == .bfloat16 ? 1 : 0 }

  private func withForm(_ affine: ChannelAffine, _ body: (UnsafePointer<EtudeAffine>) -> Void) {
    affine.mean.withUnsafeBufferPointer { mean in
      affine.scale.withUnsafeBufferPointer { scale in
        affine.shift.withUnsafeBufferPointer { shift in
          var form = EtudeAffine(
            mean: mean.baseAddress, scale: scale.baseAddress, shift: shift.baseAddress,
            perItem: affine.perItem ? 1 : 0, slope: affine.slope)
          body(&form)
        }
      }
    }
  }
}
