import CKernels

/// Activations joined along the channel axis, first then second.
///
/// Shapes: `[N, A, spatial…]`, `[N, B, spatial…]` → `[N, A + B, spatial…]`. The gradient is cut at the
/// same place. When A fills whole blocks this copies blocks; else it works on the plain form.
func concatenated(_ first: Tensor, _ second: Tensor, _ mode: ForwardMode) -> Tensor {
  let channels = first.shape[1]
  let output = joined(first, second)
  guard mode.recordsGradients else { return output }
  let forms = (first.form, second.form)
  return output.recorded([.init(first), .init(second)]) { gradient in
    [
      gradient.channels(0..<channels, as: forms.0),
      gradient.channels(channels..<gradient.shape[1], as: forms.1),
    ]
  }
}

private func joined(_ first: Tensor, _ second: Tensor) -> Tensor {
  let channels = first.shape[1] + second.shape[1]
  let shape = [first.shape[0], channels] + first.shape.dropFirst(2)
  let layout = Tensor.layout(forChannels: channels)
  let fillsBlocks = first.shape[1] % Tensor.blockWidth == 0 || layout == .plain
  let inner: Tensor.Layout = fillsBlocks ? layout : .plain
  let dtype = fillsBlocks ? first.dtype : .float32
  let output = Tensor(uninitialized: shape, dtype: dtype, layout: inner)
  var offset = 0
  for part in [first, second] {
    let part = part.converted(to: inner, dtype)
    let bytes = part.storage.bytes.count / shape[0], total = output.storage.bytes.count / shape[0]
    etude_copy_items(
      part.storage.bytes.baseAddress, Int64(bytes),
      output.storage.bytes.baseAddress.map { $0 + offset }, Int64(total), Int64(bytes),
      Int64(shape[0]), Int32(ComputeThreads.count))
    withExtendedLifetime(part) {}
    offset += bytes
  }
  return output.converted(to: layout, first.dtype)
}

extension Tensor {
  /// How an activation is stored.
  struct Form: Sendable {
    var layout: Layout
    var dtype: DType
  }
  var form: Form { Form(layout: layout, dtype: dtype) }

  /// A copy of some channels in that form.
  func channels(_ range: Range<Int>, as form: Form) -> Tensor {
    let onBlocks =
      layout == .blocked && range.lowerBound % Self.blockWidth == 0 && form.layout == .blocked
      && (range.upperBound % Self.blockWidth == 0 || range.upperBound == shape[1])
    let source = onBlocks ? self : converted(to: .plain, .float32)
    let newShape = [shape[0], range.count] + shape.dropFirst(2)
    let result = Tensor(uninitialized: newShape, dtype: source.dtype, layout: source.layout)
    let one = voxels * source.dtype.size  // bytes of one channel
    let bytes = result.storage.bytes.count / shape[0]
    etude_copy_items(
      source.storage.bytes.baseAddress.map { $0 + range.lowerBound * one },
      Int64(source.storage.bytes.count / shape[0]), result.storage.bytes.baseAddress, Int64(bytes),
      Int64(bytes), Int64(shape[0]), Int32(ComputeThreads.count))
    withExtendedLifetime(source) {}
    return result.converted(to: form.layout, form.dtype)
  }
}
