import Components

/// The U-shaped network of MONAI 0.8.1 (`monai.networks.nets.UNet`; Kerfoot et al., 2018, after
/// Ronneberger et al., 2015): strided convolutions down, transposed ones up, each level's input of
/// what lies below joined to its output.
///
/// Shapes: `[N, in_channels, spatial…]` → `[N, out_channels, spatial…]`; every spatial size divisible
/// by the product of the strides. Names and order of the weights are MONAI's.
public struct UNet: NetworkArguments {
  public var spatialDims: Int?
  public var dimensions: Int?
  public var inChannels = 1
  public var outChannels = 2
  public var channels: [Int] = []
  public var strides: [OneOrMany<Int>] = []
  public var kernelSize = OneOrMany<Int>.one(3)
  public var upKernelSize = OneOrMany<Int>.one(3)
  public var residualUnits = 0
  public var activation = Value.string("PRELU")
  public var normalization = Value.string("INSTANCE")
  public var dropout = 0.0
  public var bias = true
  public var ordering = "NDA"

  public init() {}

  public static var kind: ComponentKind { .network }
  public static let schema = Schema<Self>(
    "UNet", "U-shaped network for segmentation, with optional residual units.",
    aliases: ["Unet", "unet"],
    .optional("spatial_dims", \.spatialDims, "Spatial axes of the images: 2 or 3."),
    .optional("dimensions", \.dimensions, "The older name of spatial_dims."),
    .required("in_channels", \.inChannels, in: 1...65_536, "Channels of the input."),
    .required("out_channels", \.outChannels, in: 1...65_536, "Channels of the output."),
    .required("channels", \.channels, "Channels of each level, top first; at least two."),
    .required("strides", \.strides, "Stride from each level to the next; one fewer than channels."),
    .optional("kernel_size", \.kernelSize, "Size of convolutions, odd."),
    .optional("up_kernel_size", \.upKernelSize, "Size of transposed convolutions, odd."),
    .optional(
      "num_res_units", \.residualUnits, in: 0...64, "Convolutions in a residual unit; 0 for none."),
    .optional("act", \.activation, "Activation: prelu, relu or leakyrelu, or a pair with options."),
    .optional("norm", \.normalization, "Normalization: batch or instance, or a pair with options."),
    .optional("dropout", \.dropout, in: 0...0.99, "Probability of dropping a number in training."),
    .optional("bias", \.bias, "Whether convolutions have a bias."),
    .optional(
      "adn_ordering", \.ordering, "Order of activation (A), dropout (D), normalization (N)."))

  public func validate() throws(Fault) {
    _ = try rank()
    _ = try form()
    guard channels.count >= 2 else {
      throw Fault(
        .outOfRange, "channels needs at least two levels", got: "\(channels)",
        argument: ["channels"])
    }
    guard channels.allSatisfy({ $0 > 0 }) else {
      throw Fault(
        .outOfRange, "every level needs a channel", got: "\(channels)", argument: ["channels"])
    }
    guard channels.allSatisfy({ $0 <= 65_536 }) else {
      throw Fault(
        .outOfRange, "channels is out of range", got: "\(channels)", wanted: "1...65536 for each",
        argument: ["channels"])
    }
    guard strides.count >= channels.count - 1 else {
      throw Fault(
        .invalid, "strides has \(strides.count) values for \(channels.count) levels",
        got: "\(strides.count)", wanted: "\(channels.count - 1)", argument: ["strides"])
    }
    for (index, stride) in strides.enumerated() {
      try check(stride, "strides", at: index, isOdd: false)
    }
    try check(kernelSize, "kernel_size", isOdd: true)
    try check(upKernelSize, "up_kernel_size", isOdd: true)
    try checkWeights()
  }

  /// What one convolution may have; 8 GiB.
  private static let mostWeights = 0x1p31

  private func checkWeights() throws(Fault) {
    let rank = try rank()
    for (name, size) in [("kernel_size", kernelSize), ("up_kernel_size", upKernelSize)] {
      let taps = size.values(rank: rank).reduce(1) { $0 * Double($1) }
      for (from, to) in zip([inChannels] + channels, channels + [outChannels]) {
        let pairs = Double(from) * Double(to)
        guard pairs * taps > Self.mostWeights else { continue }
        throw Fault(
          .outOfRange, "a convolution from \(from) to \(to) channels has too many weights",
          got: "\(pairs * taps)", wanted: "at most \(Int(Self.mostWeights))",
          argument: [taps > pairs ? name : "channels"])
      }
    }
  }

  private func check(
    _ value: OneOrMany<Int>, _ name: String, at index: Int? = nil, isOdd: Bool
  ) throws(Fault) {
    let rank = try rank(), path = [name] + (index.map { ["#\($0 + 1)"] } ?? [])
    let values = value.values(rank: rank)
    guard values.count == rank else {
      throw Fault(
        .invalid, "\(name) has \(values.count) values for \(rank) axes", got: "\(values)",
        argument: path)
    }
    guard values.allSatisfy({ $0 > 0 && (!isOdd || $0 % 2 == 1) }) else {
      throw Fault(
        .outOfRange, "\(name) must be \(isOdd ? "odd" : "at least 1")", got: "\(values)",
        argument: path)
    }
  }

  public func build(_ context: RunContext) throws -> any Object {
    ComputeThreads.set(context.threads)
    return try UNetNetwork(self, context.generator)
  }

  /// 2 or 3.
  func rank() throws(Fault) -> Int {
    guard let rank = spatialDims ?? dimensions else {
      throw Fault(.missingArgument, "UNet needs spatial_dims", wanted: "2 or 3", argument: [])
    }
    guard rank == 2 || rank == 3 else {
      throw Fault(
        .outOfRange, "spatial_dims is 2 or 3 here", got: "\(rank)", wanted: "2 or 3",
        argument: [spatialDims == nil ? "dimensions" : "spatial_dims"])
    }
    return rank
  }

  func form() throws(Fault) -> LayerForm {
    let norm: Normalization.Options?
    do throws(Fault) { norm = try LayerForm.normalization(normalization) } catch {
      throw error.inArgument("norm")
    }
    let act: LayerForm.ActivationOptions?
    do throws(Fault) { act = try LayerForm.activation(activation) } catch {
      throw error.inArgument("act")
    }
    let letters = ordering.uppercased()
    guard Set(letters).count == letters.count, letters.allSatisfy({ "NDA".contains($0) }) else {
      throw Fault(
        .outOfRange, "adn_ordering is an order of the letters N, D and A", got: ordering.quoted,
        argument: ["adn_ordering"])
    }
    return LayerForm(
      rank: try rank(), normalization: norm, activation: act, dropout: dropout, bias: bias,
      ordering: letters)
  }

  /// The product of the strides of each spatial axis: sizes must be divisible by it.
  func divisors() throws(Fault) -> [Int] {
    let rank = try rank()
    return (0..<rank).map { axis in
      strides.prefix(max(0, channels.count - 1)).reduce(1) { $0 * $1.values(rank: rank)[axis] }
    }
  }

  /// The output's shape, or what about the input cannot work.
  public func preview(_ input: TensorSpec) throws(Fault) -> TensorSpec {
    let rank = try rank()
    guard input.shape.count == rank + 2 else {
      throw Fault(
        .shape, "a \(rank)-D UNet takes [N, C\(String(repeating: ", size", count: rank))]",
        got: "\(input.shape.count) axes", wanted: "\(rank + 2) axes", argument: ["spatial_dims"])
    }
    if let channels = input.shape[1], channels != inChannels {
      throw Fault(
        .shape, "the input has \(channels) channels, the network takes \(inChannels)",
        got: "\(channels)", wanted: "\(inChannels)", argument: ["in_channels"])
    }
    for (axis, divisor) in try divisors().enumerated() {
      guard let size = input.shape[axis + 2], size % divisor != 0 || size == 0 else { continue }
      let padded = max(1, (size + divisor - 1) / divisor) * divisor
      throw Fault(
        .shape, "dim \(axis + 2) = \(size) not divisible by \(divisor); pad to \(padded)",
        got: "\(size)", wanted: "a multiple of \(divisor)",
        remedy: "pad or crop to \(padded) along this axis", argument: ["strides"])
    }
    return TensorSpec(shape: [input.shape[0], outChannels] + input.shape.dropFirst(2))
  }
}
