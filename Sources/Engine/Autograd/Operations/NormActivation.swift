import Components

/// Bias, normalization, activation and residual sum in one pass over memory: everything between two
/// convolutions.
///
/// `y = activation(norm(x + bias)) + residual`, each part optional. Shapes: `[N, C, spatial…]` for x,
/// residual and result. A normalization that takes its mean from x swallows the bias: the value does
/// not change, its gradient is zero, and only running statistics know it.
///
/// With z the normalized value and dz its gradient, for statistics over M numbers:
/// dx = γ/σ · (dz - mean(dz) - x̂ · mean(dz·x̂)).
struct NormActivation: Sendable {
  var bias: Parameter?
  var normalization: Normalization?
  var activation: Activation?

  /// x becomes y. Without gradients, and when nobody else holds x, in the same memory.
  func apply(to x: inout Tensor, residual: Tensor? = nil, _ mode: ForwardMode) throws {
    let kernel = AffineKernel(x)
    let forward = try self.forward(x, kernel, mode)
    // Blocked activations are stored in the type convolutions read, plain ones in float32.
    let dtype = x.layout == .blocked ? mode.precision.dtype : .float32
    if !mode.recordsGradients, x.dtype == dtype, x.isUnshared() {
      return kernel.apply(forward.affine, x, residual: residual, to: x)
    }
    let output = kernel.apply(forward.affine, x, residual: residual, as: dtype)
    guard mode.recordsGradients else {
      x = output
      return
    }
    let saved = x.detached
    let hasResidual = residual?.node != nil
    let sources: [GraphNode.Source] = [
      .init(x), residual.map { .init($0) } ?? .constant, .init(bias),
      .init(normalization?.weight), .init(normalization?.bias), .init(activation?.parameter),
    ]
    // Activations are half of what a step keeps and cost little to make again.
    let rebuild: (@Sendable () -> Tensor)? =
      residual == nil
      ? { @Sendable in kernel.apply(forward.affine, saved, residual: nil, as: dtype) } : nil
    x = output.recorded(sources, rebuild: rebuild) { gradient in
      let passed = hasResidual ? gradient : nil
      let result = self.backward(forward, saved, gradient, kernel, mayOverwrite: !hasResidual)
      return [
        result.input, passed, result.bias, result.weight, result.shift, result.slope,
      ]
    }
  }

  /// y; x stays.
  func callAsFunction(_ x: Tensor, residual: Tensor? = nil, _ mode: ForwardMode) throws -> Tensor {
    var y = x
    try apply(to: &y, residual: residual, mode)
    return y
  }

  /// What the forward pass leaves for the backward pass.
  private struct Forward: Sendable {
    var affine: ChannelAffine
    /// 1/σ, as `affine`'s arrays; nil without normalization.
    var inverse: [Float]?
    /// Numbers each mean was taken over; nil when statistics were not those of x.
    var count: Int?
  }

  private func forward(_ x: Tensor, _ kernel: AffineKernel, _ mode: ForwardMode) throws -> Forward {
    var affine = ChannelAffine(identityFor: kernel.channels)
    affine.slope = activation?.slope ?? 1
    let added = bias.map { $0.value.elements(of: Float.self) }
    guard let normalization else {
      if let added { affine.shift.replaceSubrange(added.indices, with: added) }
      return Forward(affine: affine)
    }
    let channels = normalization.channels
    let weight = normalization.weight?.value.elements(of: Float.self)
    let shift = normalization.bias?.value.elements(of: Float.self)
    if normalization.tracksStatistics && !mode.isTraining {
      let running = normalization.statistics
      let mean = (0..<channels).map { running.mean[$0] - (added?[$0] ?? 0) }
      let variance = (0..<channels).map { Double(running.variance[$0]) }
      return fill(affine, mean, variance, weight, shift, items: 1, kernel, count: nil)
    }
    let voxels = x.voxels, items = x.shape[0]
    let count = normalization.tracksStatistics ? items * voxels : voxels
    guard count > 1 else {
      throw Fault(
        .shape, "normalization needs more than one value for each channel when training",
        got: "shape \(x.shape)", remedy: "use a larger patch or a smaller network")
    }
    let moments = kernel.moments(x)
    if normalization.tracksStatistics {
      let (mean, variance) = joined(moments, kernel, items: items, voxels: voxels)
      normalization.track(
        mean: mean, variance: variance, count: count,
        bias: added ?? Array(repeating: 0, count: channels))
      let means = mean.prefix(channels).map { Float($0) }
      return fill(affine, means, variance, weight, shift, items: 1, kernel, count: count)
    }
    affine.perItem = true
    let means = moments.mean.map { Float($0) }
    let variance = moments.squares.map { $0 / Double(count) }
    return fill(affine, means, variance, weight, shift, items: items, kernel, count: count)
  }

  /// Mean and biased variance of each channel over all items.
  private func joined(
    _ moments: (mean: [Double], squares: [Double]), _ kernel: AffineKernel, items: Int, voxels: Int
  ) -> ([Double], [Double]) {
    var mean = Array(repeating: 0.0, count: kernel.channels), variance = mean
    for channel in 0..<kernel.channels {
      let places = (0..<items).map { $0 * kernel.channels + channel }
      let average = places.reduce(0) { $0 + moments.mean[$1] } / Double(items)
      let squares = places.reduce(0.0) {
        let offset = moments.mean[$1] - average
        return $0 + moments.squares[$1] + Double(voxels) * offset * offset
      }
      (mean[channel], variance[channel]) = (average, squares / Double(items * voxels))
    }
    return (mean, variance)
  }

  /// Scale γ/σ and shift β - mean·γ/σ for every channel; the padding of blocks stays zero.
  private func fill(
    _ empty: ChannelAffine, _ mean: [Float], _ variance: [Double], _ weight: [Float]?,
    _ shift: [Float]?, items: Int, _ kernel: AffineKernel, count: Int?
  ) -> Forward {
    guard let normalization else { return Forward(affine: empty) }
    var affine = empty
    let total = items * kernel.channels
    affine.mean = Array(repeating: 0, count: total)
    affine.scale = affine.mean
    affine.shift = affine.mean
    var inverse = affine.mean
    for item in 0..<items {
      for channel in 0..<normalization.channels {
        let index = item * kernel.channels + channel
        let sigma = (variance[index] + normalization.options.epsilon).squareRoot()
        let factor = Double(weight?[channel] ?? 1) / sigma
        inverse[index] = Float(1 / sigma)
        affine.mean[index] = mean[index]
        affine.scale[index] = Float(factor)
        affine.shift[index] = Float(Double(shift?[channel] ?? 0) - Double(mean[index]) * factor)
      }
    }
    return Forward(affine: affine, inverse: inverse, count: count)
  }

  private struct Gradients {
    var input: Tensor?
    var bias: Tensor?
    var weight: Tensor?
    var shift: Tensor?
    var slope: Tensor?
  }

  private func backward(
    _ forward: Forward, _ x: Tensor, _ gradient: consuming Tensor, _ kernel: AffineKernel,
    mayOverwrite: Bool
  ) -> Gradients {
    let affine = forward.affine
    let items = x.shape[0], channels = x.shape[1], stride = kernel.channels
    let isPlainAffine = normalization == nil && activation == nil && bias == nil
    if isPlainAffine { return Gradients(input: gradient) }
    let (sums, products, slope) = kernel.sums(affine, x, gradient)

    func total(_ values: [Double], _ channel: Int) -> Double {
      (0..<items).reduce(0) { $0 + values[$1 * stride + channel] }
    }
    var result = Gradients()
    if activation?.parameter != nil { result.slope = Tensor([Float(slope)], shape: [1]) }
    let a = affine.scale
    var b = Array(repeating: Float(0), count: a.count), c = b
    if let inverse = forward.inverse {
      let isAffine = normalization?.weight != nil
      var weight = Array(repeating: Float(0), count: channels), shift = weight
      for channel in 0..<channels {
        if isAffine {
          shift[channel] = Float(total(sums, channel))
          weight[channel] = Float(
            (0..<items).reduce(0.0) {
              let place = $1 * stride + channel
              return $0 + products[place] * Double(inverse[affine.perItem ? place : channel])
            })
        }
        guard let count = forward.count else { continue }
        for item in 0..<(affine.perItem ? items : 1) {
          let index = item * stride + channel
          let sum = affine.perItem ? sums[index] : total(sums, channel)
          let product = affine.perItem ? products[index] : total(products, channel)
          let factor = Double(a[index]), sigma = Double(inverse[index])
          b[index] = Float(-factor * sigma * sigma * product / Double(count))
          c[index] = Float(-factor * sum / Double(count))
        }
      }
      if isAffine {
        result.weight = Tensor(weight, shape: [channels])
        result.shift = Tensor(shift, shape: [channels])
      }
    }
    if bias != nil {
      let forBias = (0..<channels).map { channel in
        forward.count == nil ? Float(total(sums, channel) * Double(a[channel])) : 0
      }
      result.bias = Tensor(forBias, shape: [channels])
    }
    result.input = kernel.backward(
      affine, a: a, b: b, c: c, x, consume gradient, mayOverwrite: mayOverwrite)
    return result
  }
}
