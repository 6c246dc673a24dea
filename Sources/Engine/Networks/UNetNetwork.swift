import Components

/// The live network of `UNet`: MONAI 0.8.1's modules under their names, in their order.
public final class UNetNetwork: Network, HasAttributes {
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

  /// One row of `network summary`.
  public struct Row: Sendable, Hashable {
    public var name: String
    public var outputShape: [Int?]
    public var parameterCount: Int
  }

  /// Name, output shape and parameter count of every convolution block for an input of that form.
  public func rows(for input: TensorSpec) throws(Fault) -> [Row] {
    _ = try preview(input)
    var rows: [Row] = []
    _ = addRows(top, Array(input.shape.dropFirst(2)), batch: input.shape[0], &rows)
    return rows
  }

  private func addRows(
    _ level: Level, _ sizes: [Int?], batch: Int?, _ rows: inout [Row]
  ) -> [Int?] {
    func add(_ stage: Stage, _ sizes: [Int?]) -> [Int?] {
      var x = sizes
      switch stage {
      case .block(let block):
        x = block.known(sizes)
        rows.append(block.row(batch, x))
      case .residual(let unit):
        for block in unit.blocks {
          // The shortcut starts from the unit's input, the others follow one another.
          let isShortcut = block.name.hasSuffix(".residual")
          let out = block.known(isShortcut ? sizes : x)
          rows.append(block.row(batch, out))
          if !isShortcut { x = out }
        }
      }
      return x
    }
    switch level {
    case .bottom(let stage): return add(stage, sizes)
    case .level(let down, let below, let up):
      var x = addRows(below, add(down, sizes), batch: batch, &rows)
      for stage in up { x = add(stage, x) }
      return x
    }
  }
}

extension ConvolutionBlock {
  fileprivate func known(_ sizes: [Int?]) -> [Int?] {
    let all = sizes.compactMap { $0 }
    return all.count == sizes.count ? outputSizes(all) : sizes.map { _ in nil }
  }

  fileprivate func row(_ batch: Int?, _ sizes: [Int?]) -> UNetNetwork.Row {
    UNetNetwork.Row(
      name: name, outputShape: [batch, outChannels] + sizes,
      parameterCount: parameters.reduce(0) { $0 + $1.value.count })
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
