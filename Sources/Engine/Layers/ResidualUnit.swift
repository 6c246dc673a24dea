import Components

/// MONAI 0.8.1's `ResidualUnit`: `y = convolutions(x) + shortcut(x)` (He et al., 2016).
///
/// The first convolution carries the stride. The shortcut is x itself when nothing changes shape,
/// else a convolution: of the same kernel and stride, or of kernel 1 when only channels change.
final class ResidualUnit: Sendable {
  private let units: [ConvolutionBlock]
  private let shortcut: ConvolutionBlock?
  let name: String

  init(
    _ form: LayerForm, name: String, inChannels: Int, outChannels: Int, kernel: [Int],
    stride: [Int], count: Int, lastIsConvolutionOnly: Bool = false, _ generator: TorchGenerator
  ) {
    self.name = name
    let ones = stride.map { _ in 1 }
    units = (0..<max(count, 1)).map { index in
      ConvolutionBlock(
        form, name: "\(name).conv.unit\(index)", inChannels: index == 0 ? inChannels : outChannels,
        outChannels: outChannels, kernel: kernel, stride: index == 0 ? stride : ones,
        convolutionOnly: lastIsConvolutionOnly && index == max(count, 1) - 1, generator)
    }
    let isStrided = stride.contains { $0 != 1 }
    if !isStrided && inChannels == outChannels {
      shortcut = nil
    } else {
      shortcut = ConvolutionBlock(
        form, name: "\(name).residual", inChannels: inChannels, outChannels: outChannels,
        kernel: isStrided ? kernel : ones, stride: stride,
        padding: isStrided ? nil : ones.map { _ in 0 }, convolutionOnly: true, bareName: true,
        generator)
    }
  }

  func callAsFunction(_ input: Tensor, _ mode: ForwardMode) throws -> Tensor {
    let residual = try shortcut?(input, mode) ?? input
    var x = input
    for unit in units.dropLast() { x = try unit(x, mode) }
    return try units[units.count - 1](x, residual: residual, mode)
  }

  func outputSizes(_ sizes: [Int]) -> [Int] {
    units.reduce(sizes) { $1.outputSizes($0) }
  }

  var blocks: [ConvolutionBlock] { units + [shortcut].compactMap { $0 } }
}
