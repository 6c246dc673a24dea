import Components

/// Builds the levels of a UNet from the bottom up, which is the order torch draws weights in: what
/// lies below, then down, then up.
struct UNetBuilder {
  let arguments: UNet
  let form: LayerForm
  private let generator: TorchGenerator
  private let rank: Int

  init(arguments: UNet, form: LayerForm, _ generator: TorchGenerator) {
    (self.arguments, self.form, self.generator) = (arguments, form, generator)
    rank = form.rank
  }

  func level(depth: Int, prefix: String, inChannels: Int, outChannels: Int)
    -> UNetNetwork.Level
  {
    let channels = arguments.channels[depth], stride = stride(depth)
    let inner = "\(prefix).1.submodule"
    let below: UNetNetwork.Level
    let upChannels: Int
    if depth + 2 < arguments.channels.count {
      below = level(
        depth: depth + 1, prefix: inner, inChannels: channels, outChannels: channels)
      upChannels = channels * 2
    } else {
      let deepest = arguments.channels[depth + 1]
      below = .bottom(
        down(name: inner, inChannels: channels, outChannels: deepest, stride: ones))
      upChannels = channels + deepest
    }
    let down = down(
      name: "\(prefix).0", inChannels: inChannels, outChannels: channels, stride: stride)
    let up = up(
      name: "\(prefix).2", inChannels: upChannels, outChannels: outChannels, stride: stride,
      isTop: depth == 0)
    return .level(down: down, below: below, up: up)
  }

  private var ones: [Int] { Array(repeating: 1, count: rank) }
  private var kernel: [Int] { arguments.kernelSize.values(rank: rank) }
  private var upKernel: [Int] { arguments.upKernelSize.values(rank: rank) }
  private func stride(_ depth: Int) -> [Int] { arguments.strides[depth].values(rank: rank) }

  private func down(
    name: String, inChannels: Int, outChannels: Int, stride: [Int]
  ) -> UNetNetwork.Stage {
    if arguments.residualUnits > 0 {
      return .residual(
        ResidualUnit(
          form, name: name, inChannels: inChannels, outChannels: outChannels, kernel: kernel,
          stride: stride, count: arguments.residualUnits, generator))
    }
    return .block(
      ConvolutionBlock(
        form, name: name, inChannels: inChannels, outChannels: outChannels, kernel: kernel,
        stride: stride, generator))
  }

  private func up(
    name: String, inChannels: Int, outChannels: Int, stride: [Int], isTop: Bool
  ) -> [UNetNetwork.Stage] {
    let hasUnits = arguments.residualUnits > 0
    let enlarging = ConvolutionBlock(
      form, name: hasUnits ? "\(name).0" : name, inChannels: inChannels, outChannels: outChannels,
      kernel: upKernel, stride: stride, isTransposed: true, convolutionOnly: isTop && !hasUnits,
      generator)
    guard hasUnits else { return [.block(enlarging)] }
    let unit = ResidualUnit(
      form, name: "\(name).1", inChannels: outChannels, outChannels: outChannels, kernel: kernel,
      stride: ones, count: 1, lastIsConvolutionOnly: isTop, generator)
    return [.block(enlarging), .residual(unit)]
  }
}

extension OneOrMany where Element == Int {
  /// One number for every axis; a single one counts for all.
  func values(rank: Int) -> [Int] {
    switch self {
    case .one(let value): Array(repeating: value, count: rank)
    case .many(let values): values.count == 1 ? Array(repeating: values[0], count: rank) : values
    }
  }
}
