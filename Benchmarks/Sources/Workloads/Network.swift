import Components
import Engine

/// The seed's UNet, or one with other channels.
private func makeNetwork(_ options: Options, _ context: RunContext) throws -> any Network {
  let channels = options.ints("channels", [16, 32, 64, 128, 256])
  let object = try UNet.make([
    "spatial_dims": .int(3), "in_channels": .int(1), "out_channels": .int(2),
    "channels": .ints(channels), "strides": .ints(channels.dropFirst().map { _ in 2 }),
    "num_res_units": .int(options.int("residual", 2)),
    "norm": .string(options.string("norm", "batch")),
  ]).build(context)
  guard let network = object as? any Network else { throw Fault(.wrongType, "UNet is no network") }
  return network
}

/// bf16 is what `amp: true` asks for: float32 where the processor has no products for it.
private func precision(_ options: Options) throws -> ForwardMode.Precision {
  let half = ForwardMode.Precision.bfloat16
  return try options.string("dtype", "f32") == "bf16" && half.isSupported() ? half : .float32
}

/// One training step of the spleen UNet with DiceLoss and Adam, and its parts.
func step(_ options: Options) throws -> [String: [Timing]] {
  let (batch, size) = (options.int("batch", 2), options.int("size", 96))
  let context = options.context()
  let network = try makeNetwork(options, context)
  let lossObject = try DiceLoss.make(["to_onehot_y": .bool(true), "softmax": .bool(true)])
    .build(context)
  let optimizerObject =
    try Adam.make([
      "params": .list(network.parameters.map { .object(ParameterObject($0)) }),
      "lr": .double(2e-4),
    ]).build(context)
  guard let loss = lossObject as? any Loss, let optimizer = optimizerObject as? any Optimizer else {
    throw Fault(.wrongType, "DiceLoss or Adam is not what it was")
  }
  let shape = [batch, 1, size, size, size]
  let image = noise(shape)
  let label = Tensor(
    noise(shape, seed: 2).elements(of: Float.self).map { $0 > 0.9 ? 1 : 0 } as [Float],
    shape: shape)
  let training = ForwardMode(
    isTraining: true, recordsGradients: true, precision: try precision(options))
  var parts: [String: [Timing]] = [:]
  for step in 0...options.int("repeats", 9) {
    var samples: [String: Timing] = [:]
    let whole = Clock()
    var clock = Clock()
    func mark(_ name: String) {
      samples[name] = clock.stop()
      clock = Clock()
    }
    optimizer.zeroGradients()
    let prediction = try network.forward(image, training)
    mark("forward")
    let value = try loss(prediction, label)
    mark("loss")
    try backward(value)
    mark("backward")
    try optimizer.step()
    mark("optimizer")
    samples["step"] = whole.stop()
    if step > 0 { for (name, sample) in samples { parts[name, default: []].append(sample) } }
  }
  return parts
}

/// Sliding-window inference over one volume, and the network alone on one window batch.
func window(_ options: Options) throws -> [String: [Timing]] {
  let context = options.context()
  let network = try makeNetwork(options, context)
  let object = try SlidingWindowInferer.make([
    "roi_size": .ints(options.ints("roi", [160, 160, 160])), "sw_batch_size": .int(4),
    "overlap": .double(options.double("overlap", 0.5)),
  ]).build(context)
  guard let inferer = object as? any Inferer else { throw Fault(.wrongType, "no inferer") }
  let image = noise([1, 1] + options.ints("shape", [512, 512, 100]))
  let mode = ForwardMode(
    isTraining: false, recordsGradients: false, precision: try precision(options))
  return [
    "window": try timed(options.int("repeats", 2), warmup: 0) {
      _ = try inferer.infer(image) { try network.forward($0, mode) }
    }
  ]
}
