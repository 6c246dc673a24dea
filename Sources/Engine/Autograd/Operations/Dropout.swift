/// Sets numbers to zero with `probability` and scales the rest by 1 / (1 - probability), as in
/// training; shapes stay. The gradient passes where the number did.
///
/// torch draws its masks through MKL when it has it, so masks are not those of torch.
func dropout(
  _ x: Tensor, probability: Double, _ generator: TorchGenerator, _ mode: ForwardMode
) -> Tensor {
  let scale = Float(1 / (1 - probability)), limit = UInt32(probability * 16_777_216)
  let plain = x.converted(to: .plain, .float32)
  let mask = Tensor(shape: plain.shape, of: Float.self) { mask in
    for index in mask.indices {
      let keeps = generator.random32() & 0xff_ffff >= limit
      mask.initializeElement(at: index, to: keeps ? scale : 0)
    }
  }
  let form = x.form, shape = x.shape
  @Sendable func masked(_ values: Tensor) -> Tensor {
    let values = values.converted(to: .plain, .float32)
    let result = values.withElements(of: Float.self) { values in
      mask.withElements(of: Float.self) { mask in
        Tensor(shape: shape, of: Float.self) { result in
          for index in result.indices {
            result.initializeElement(at: index, to: values[index] * mask[index])
          }
        }
      }
    }
    return result.converted(to: form.layout, form.dtype)
  }
  let output = masked(plain)
  guard mode.recordsGradients else { return output }
  return output.recorded([.init(x)]) { gradient in [masked(gradient)] }
}
