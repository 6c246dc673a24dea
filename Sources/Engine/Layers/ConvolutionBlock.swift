import Components

/// MONAI 0.8.1's `Convolution`: a (transposed) convolution, then normalization, dropout and
/// activation in the form's order, unless it is the convolution only.
///
/// Shapes: `[N, in, spatial…]` → `[N, out, spatial / stride]`, or `spatial · stride` when transposed.
final class ConvolutionBlock: Sendable {
  let weight: Parameter
  let bias: Parameter?
  let normalization: Normalization?
  let activation: Activation?
  private let weights: ConvolutionWeights
  private let form: LayerForm
  let isTransposed: Bool
  /// Steps after the convolution, in order: subset of N, D, A.
  private let steps: [Character]
  private let dropoutGenerator: TorchGenerator
  let name: String
  let inChannels: Int
  let outChannels: Int

  /// Draws weight and bias from `generator`, weight first, as torch's `reset_parameters`.
  init(
    _ form: LayerForm, name: String, inChannels: Int, outChannels: Int, kernel: [Int],
    stride: [Int], padding: [Int]? = nil, isTransposed: Bool = false, convolutionOnly: Bool = false,
    bareName: Bool = false, _ generator: TorchGenerator
  ) {
    (self.form, self.isTransposed, self.name) = (form, isTransposed, name)
    (self.inChannels, self.outChannels) = (inChannels, outChannels)
    dropoutGenerator = generator
    let prefix = bareName ? name : "\(name).conv"
    let shape = ConvolutionShape(
      inChannels: isTransposed ? outChannels : inChannels,
      outChannels: isTransposed ? inChannels : outChannels, kernel: kernel, stride: stride,
      padding: padding ?? kernel.map { ($0 - 1) / 2 }, dilation: kernel.map { _ in 1 })
    // torch takes fan_in from the weight's second axis, whichever way the convolution goes.
    let fanIn = shape.inChannels * kernel.reduce(1, *)
    let initial = UniformInitializer(fanIn: fanIn, generator)
    weight = Parameter(name: "\(prefix).weight", value: initial.tensor(shape.weightShape))
    bias =
      form.bias ? Parameter(name: "\(prefix).bias", value: initial.tensor([outChannels])) : nil
    weights = ConvolutionWeights(weight, shape)
    steps = convolutionOnly ? [] : Array(form.ordering)
    normalization =
      steps.contains("N")
      ? form.normalization.map {
        Normalization($0, channels: outChannels, name: "\(name).adn.N")
      } : nil
    activation =
      steps.contains("A")
      ? form.activation.map { options in
        let slope = Float(options.slope)
        return options.isTrainable
          ? .trainable(Parameter(name: "\(name).adn.A.weight", value: Tensor([slope], shape: [1])))
          : .fixed(slope: slope)
      } : nil
  }

  func callAsFunction(_ input: Tensor, residual: Tensor? = nil, _ mode: ForwardMode) throws
    -> Tensor
  {
    var x =
      isTransposed
      ? try transposedConvolution(
        input, weights, sizes: outputSizes(Array(input.shape.dropFirst(2))), mode)
      : try convolution(input, weights, mode)
    // Whatever can be joined into one pass is collected here.
    var pass = NormActivation(bias: bias)
    for step in steps {
      switch step {
      case "N":
        guard let normalization else { continue }
        if pass.normalization != nil || pass.activation != nil {
          try pass.apply(to: &x, mode)
          pass = NormActivation()
        }
        pass.normalization = normalization
      case "A":
        guard let activation else { continue }
        if pass.activation != nil {
          try pass.apply(to: &x, mode)
          pass = NormActivation()
        }
        pass.activation = activation
      default:
        guard mode.isTraining, form.dropout > 0 else { continue }
        try pass.apply(to: &x, mode)
        pass = NormActivation()
        x = dropout(x, probability: form.dropout, dropoutGenerator, mode)
      }
    }
    let isEmpty =
      pass.bias == nil && pass.normalization == nil && pass.activation == nil && residual == nil
    if !isEmpty { try pass.apply(to: &x, residual: residual, mode) }
    return x
  }

  func outputSizes(_ sizes: [Int]) -> [Int] {
    isTransposed
      ? zip(sizes, weights.shape.stride).map { $0 * $1 } : weights.shape.outputSizes(sizes)
  }

  var parameters: [Parameter] {
    ([weight, bias, normalization?.weight, normalization?.bias, activation?.parameter])
      .compactMap { $0 }
  }

  /// In torch's order: convolution, then the steps as they are arranged.
  var entries: [StateEntry] {
    var entries: [StateEntry] = [.parameter(weight)]
    if let bias { entries.append(.parameter(bias)) }
    for step in steps {
      if step == "N", let normalization {
        entries += normalization.entries
      } else if step == "A", let slope = activation?.parameter {
        entries.append(.parameter(slope))
      }
    }
    return entries
  }
}

extension Normalization {
  /// Affine numbers, then running statistics.
  var entries: [StateEntry] {
    var entries = [weight, bias].compactMap { $0.map { StateEntry.parameter($0) } }
    guard tracksStatistics else { return entries }
    entries.append(
      .buffer(
        name: "\(name).running_mean", shape: [channels],
        get: { Tensor(self.statistics.mean, shape: [self.channels]) },
        set: { self.statistics.mean = $0.converted(to: .float32).elements(of: Float.self) }))
    entries.append(
      .buffer(
        name: "\(name).running_var", shape: [channels],
        get: { Tensor(self.statistics.variance, shape: [self.channels]) },
        set: { self.statistics.variance = $0.converted(to: .float32).elements(of: Float.self) }))
    entries.append(
      .buffer(
        name: "\(name).num_batches_tracked", shape: [],
        get: { Tensor([self.statistics.batches], shape: []) },
        set: { self.statistics.batches = Int64($0.scalarValue()) }))
    return entries
  }
}

/// torch's default for convolutions: U(-1/√fan_in, 1/√fan_in), for weights and biases.
struct UniformInitializer {
  private let bound: Float
  private let generator: TorchGenerator

  init(fanIn: Int, _ generator: TorchGenerator) {
    bound = Float(1 / Double(fanIn).squareRoot())
    self.generator = generator
  }

  /// `uniform_`: the low 24 bits of each word, scaled.
  func tensor(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, of: Float.self) { elements in
      let width = bound - -bound
      for index in elements.indices {
        let fraction = Float(generator.random32() & 0xff_ffff) / 16_777_216
        // torch's vectorised code fuses the two, and so the last bit is the same.
        elements.initializeElement(at: index, to: (-bound).addingProduct(fraction, width))
      }
    }
  }
}
