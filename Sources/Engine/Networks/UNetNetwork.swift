import Components

/// The live network of `UNet`: MONAI 0.8.1's modules under their names, in their order.
public final class UNetNetwork: LayeredNetwork, HasAttributes {
  /// One side of a level: convolutions applied one after the other.
  enum Stage: Sendable {
    case block(ConvolutionBlock)
    case residual(ResidualUnit)

    var blocks: [ConvolutionBlock] {
      switch self {
      case .block(let block): [block]
      case .residual(let unit): unit.blocks
      }
    }

    func callAsFunction(_ input: Tensor, _ mode: ForwardMode) throws -> Tensor {
      switch self {
      case .block(let block): try block(input, mode)
      case .residual(let unit): try unit(input, mode)
      }
    }
  }

  /// Down, what lies below, up; the input of what lies below is joined to its output.
  indirect enum Level: Sendable {
    case bottom(Stage)
    case level(down: Stage, below: Level, up: [Stage])

    var stages: [Stage] {
      switch self {
      case .bottom(let stage): [stage]
      case .level(let down, let below, let up): [down] + below.stages + up
      }
    }
  }

  public let arguments: UNet
  private let top: Level
  private let rank: Int

  /// Draws the initial weights from `generator`, deepest level first.
  init(_ arguments: UNet, _ generator: TorchGenerator) throws(Fault) {
    self.arguments = arguments
    rank = try arguments.rank()
    let builder = UNetBuilder(arguments: arguments, form: try arguments.form(), generator)
    top = builder.level(
      depth: 0, prefix: "model", inChannels: arguments.inChannels,
      outChannels: arguments.outChannels)
  }

  public var kind: String { "UNet" }
  public var summary: String {
    "UNet \(rank)-D, \(arguments.inChannels) → \(arguments.outChannels) channels, "
      + "\(parameterCount) parameters"
  }

  /// Number of trainable numbers.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  private var blocks: [ConvolutionBlock] { top.stages.flatMap(\.blocks) }
  public var parameters: [Parameter] { blocks.flatMap(\.parameters) }
  private var entries: [StateEntry] { blocks.flatMap(\.entries) }

  /// - Throws: what `preview` finds; a `file` fault when oneDNN is missing.
  public func forward(_ input: Tensor, _ mode: ForwardMode) throws -> Tensor {
    _ = try preview(TensorSpec(shape: input.shape, dtype: input.dtype))
    let isAlone = mode.isTraining || mode.recordsGradients || input.shape[0] == 1
    if isAlone || input.voxels < Self.worthOneByOne { return try whole(input, mode) }
    return try input.converted(to: .float32).itemByItem { try whole($0, mode) }
  }

  /// Voxels of an item from which it has work for all threads. Where items do not know of one another
  /// they then go one by one: activations take memory, and caches, for one item instead of a batch.
  private static let worthOneByOne = 64 * 64 * 64

  private func whole(_ input: Tensor, _ mode: ForwardMode) throws -> Tensor {
    let layout = Tensor.layout(forChannels: input.shape[1])
    var x = input.converted(to: .float32).converted(to: layout, .float32)
    x.node = input.node
    let output = try run(top, x, mode)
    return output.asPlainResult(mode)
  }

  private func run(_ level: Level, _ input: Tensor, _ mode: ForwardMode) throws -> Tensor {
    switch level {
    case .bottom(let stage): return try stage(input, mode)
    case .level(let down, let below, let up):
      var x = try joinedBelow(try down(input, mode), below, mode)
      for stage in up { x = try stage(x, mode) }
      return x
    }
  }

  private func joinedBelow(_ x: Tensor, _ below: Level, _ mode: ForwardMode) throws -> Tensor {
    concatenated(x, try run(below, x, mode), mode)
  }

  public func state() -> StateValue { StateDict.state(entries) }

  public func adopt(_ state: StateValue, strict: Bool) throws -> [String] {
    try StateDict.adopt(state, into: entries, strict: strict, owner: "UNet")
  }

  public var attributeNames: [String] { NetworkMethods.names }

  public func attribute(_ name: String) -> Value? {
    switch name {
    case "parameters":
      .function(
        NativeFunction(name) { _, _ in .object(ParameterStream(self.parameters)) })
    case "named_parameters":
      .function(
        NativeFunction(name) { _, _ in
          .list(
            self.parameters.map { .tuple([.string($0.name), .object(ParameterObject($0))]) })
        })
    case "state_dict":
      .function(
        NativeFunction(name) { _, _ in
          .dict(
            ValueDictionary(self.entries.map { ($0.name, .tensor($0.tensor)) }))
        })
    default: nil
    }
  }
}

extension UNetNetwork {
  public func preview(_ input: TensorSpec) throws(Fault) -> TensorSpec {
    try arguments.preview(input)
  }

  public func layers(
    for input: TensorSpec, _ precision: ForwardMode.Precision = .float32
  ) throws(Fault) -> [LayerSummary] {
    _ = try preview(input)
    var layers = LayerWalk(batch: input.shape[0], precision: precision)
    _ = layers.add(top, Array(input.shape.dropFirst(2)))
    return layers.summaries
  }
}

/// Follows the spatial sizes of an input through the levels.
private struct LayerWalk {
  let batch: Int?
  let precision: ForwardMode.Precision
  private(set) var summaries: [LayerSummary] = []

  init(batch: Int?, precision: ForwardMode.Precision) {
    (self.batch, self.precision) = (batch, precision)
  }

  mutating func add(_ level: UNetNetwork.Level, _ sizes: [Int?]) -> [Int?] {
    switch level {
    case .bottom(let stage): return add(stage, sizes, afterJoin: false)
    case .level(let down, let below, let up):
      var x = add(below, add(down, sizes, afterJoin: false))
      for (index, stage) in up.enumerated() { x = add(stage, x, afterJoin: index == 0) }
      return x
    }
  }

  /// - Parameter afterJoin: whether the input is a joined one, which is kept for the backward pass.
  private mutating func add(
    _ stage: UNetNetwork.Stage, _ sizes: [Int?], afterJoin: Bool
  ) -> [Int?] {
    switch stage {
    case .block(let block):
      let output = block.known(sizes)
      let joined = afterJoin ? bytes(channels: block.inChannels, sizes) : 0
      add(block, sizes, output, alsoKept: joined)
      return output
    case .residual(let unit):
      var x = sizes
      let last = unit.blocks.last { !Self.isShortcut($0) }
      for block in unit.blocks {
        // The shortcut starts from the unit's input, the others follow one another.
        let input = Self.isShortcut(block) ? sizes : x
        let output = block.known(input)
        // A sum cannot be made again from the convolution, so it is kept beside it.
        let sum = block === last ? bytes(channels: block.outChannels, output) : 0
        add(block, input, output, alsoKept: sum)
        if !Self.isShortcut(block) { x = output }
      }
      return x
    }
  }

  private static func isShortcut(_ block: ConvolutionBlock) -> Bool {
    block.name.hasSuffix(".residual")
  }

  private mutating func add(
    _ block: ConvolutionBlock, _ input: [Int?], _ output: [Int?], alsoKept: Int?
  ) {
    let own = bytes(channels: block.outChannels, output)
    let places = product(block.isTransposed ? input : output)
    summaries.append(
      LayerSummary(
        name: block.name, outputShape: [batch, block.outChannels] + output,
        parameterCount: block.parameters.reduce(0) { $0 + $1.value.count },
        multiplyAdds: places.map { $0 * block.weight.value.count },
        keptBytes: own.flatMap { own in alsoKept.map { own + $0 } }))
  }

  /// Items times voxels.
  private func product(_ sizes: [Int?]) -> Int? {
    let known = sizes.compactMap { $0 }
    guard known.count == sizes.count, let batch else { return nil }
    return known.reduce(batch, *)
  }

  /// Blocks are kept in the type that convolutions read, what is plain in float32.
  private func bytes(channels: Int, _ sizes: [Int?]) -> Int? {
    let layout = Tensor.layout(forChannels: channels)
    let dtype = layout == .plain ? DType.float32 : precision.dtype
    return product(sizes).map { places in
      Tensor.byteCount(shape: [1, channels, places], dtype: dtype, layout: layout)
    }
  }
}

extension ConvolutionBlock {
  fileprivate func known(_ sizes: [Int?]) -> [Int?] {
    let all = sizes.compactMap { $0 }
    return all.count == sizes.count ? outputSizes(all) : sizes.map { _ in nil }
  }
}

extension Tensor {
  /// Plain float32, as losses and inferers read it; the gradient goes back in the form it had.
  func asPlainResult(_ mode: ForwardMode) -> Tensor {
    if layout == .plain, dtype == .float32 { return self }
    let form = self.form
    let result = converted(to: .plain, .float32)
    guard mode.recordsGradients else { return result }
    return result.recorded([.init(self)]) { [$0.converted(to: form.layout, form.dtype)] }
  }
}
