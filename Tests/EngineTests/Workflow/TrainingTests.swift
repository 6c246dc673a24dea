import Components
import TestSupport
import Testing

@testable import Engine

/// The loop with the real parts: UNet, DiceLoss, Adam, StepLR, a loader with random transforms, a
/// sliding window, MeanDice.
@Suite struct TrainingTests {
  /// A training as a config would build it, on bright cubes in noise.
  struct Parts {
    let sink = ToySink()
    let context: RunContext
    let network: any Network
    let optimizer: any Optimizer
    let evaluator: SupervisedEvaluator
    let trainer: SupervisedTrainer

    init(
      workers: Int = 0, epochs: Int = 3, folder: String? = nil, amp: Bool = false,
      learningRate: Double = 2e-3, device: String = "cpu"
    ) throws {
      context = RunContext(
        output: sink, cancellation: Cancellation(), generator: TorchGenerator(seed: 0), seed: 0,
        threads: 2, cache: SampleCache(byteLimit: 1 << 26))
      var unet = UNet()
      (unet.spatialDims, unet.inChannels, unet.outChannels) = (3, 1, 2)
      (unet.channels, unet.strides, unet.residualUnits) = ([4, 8], [.one(2)], 1)
      unet.normalization = .string("batch")
      network = try Self.built(unet, context)
      var adam = Adam()
      adam.params = .list(network.parameters.map { .object(ParameterObject($0)) })
      adam.lr = learningRate
      optimizer = try Self.built(adam, context)
      var step = StepLR()
      step.optimizer = Ref(optimizer, object: optimizer)
      (step.stepSize, step.gamma) = (1, 0.5)
      let scheduler: any LRScheduler = try Self.built(step, context)
      var dice = DiceLoss()
      (dice.oneHotTarget, dice.softmax) = (true, true)
      let loss: any Loss = try Self.built(dice, context)

      let loader = try Self.loader(cases: 5, workers: workers, random: true, context)
      let validation = try Self.loader(cases: 2, workers: 0, random: false, context)
      evaluator = try Self.evaluator(validation, network, folder, context)
      var arguments = SupervisedTrainerArguments()
      (arguments.maxEpochs, arguments.amp) = (epochs, amp)
      arguments.device = .string(device)
      arguments.trainDataLoader = Ref(loader)
      arguments.network = Ref(network, object: network)
      arguments.optimizer = Ref(optimizer, object: optimizer)
      arguments.lossFunction = Ref(loss, object: loss)
      arguments.trainHandlers = try Self.handlers(scheduler, evaluator, network, folder)
        .map { Ref($0, object: $0) }
      trainer = try Self.built(arguments, context)
    }

    private static func built<T>(_ component: some Buildable, _ context: RunContext) throws -> T {
      try component.validate()
      return try #require(try component.build(context) as? T)
    }

    /// 8³ volumes of noise with a brighter cube, which is the label.
    private static func loader(
      cases: Int, workers: Int, random: Bool, _ context: RunContext
    ) throws -> DataLoader {
      var shift = RandShiftIntensityd()
      (shift.keys, shift.offsets, shift.prob) = (.one("image"), .one(0.1), 0.5)
      var flip = RandFlipd()
      (flip.keys, flip.prob) = (.many(["image", "label"]), 0.5)
      let pipeline = Compose(random ? [shift, flip] : [])
      var stream = RandomState(seed: UInt32(cases))
      let samples = (0..<cases).map { number in
        var (image, label) = ([Float](), [Float]())
        for place in 0..<512 {
          let inside = [place / 64, place / 8 % 8, place % 8].allSatisfy {
            (1 + number % 3..<5 + number % 3).contains($0)
          }
          image.append(Float(stream.uniform()) * 0.4 + (inside ? 0.5 : 0))
          label.append(inside ? 1 : 0)
        }
        var sample = Sample()
        sample["image"] = .tensor(Tensor(image, shape: [1, 8, 8, 8]))
        sample["label"] = .tensor(Tensor(label, shape: [1, 8, 8, 8]))
        sample["image_meta_dict"] = .metadata(
          Metadata(
            fileName: "imagesTr/cube_\(number).nii.gz", affine: .identity, spatialShape: [8, 8, 8]))
        return sample
      }
      return DataLoader(
        dataset: ListDataset(samples, pipeline, context), batchSize: 2, shuffle: random,
        workers: workers, generator: context.generator)
    }

    private static func evaluator(
      _ loader: DataLoader, _ network: any Network, _ folder: String?, _ context: RunContext
    ) throws -> SupervisedEvaluator {
      var softmax = Activationsd()
      (softmax.keys, softmax.softmax) = (.one("pred"), .one(true))
      let discrete = try AsDiscreted.make([
        "keys": .list([.string("pred"), .string("label")]),
        "argmax": .list([.bool(true), .bool(false)]), "to_onehot": .int(2),
      ])
      var window = SlidingWindowInferer()
      (window.roiSize, window.overlap) = (.one(8), 0.5)
      let inferer: any Inferer = try built(window, context)
      var dice = MeanDice()
      dice.includeBackground = false
      dice.outputTransform = FunctionArgument(fromEngine(["pred", "label"]))
      let metric: any Metric = try built(dice, context)
      var arguments = SupervisedEvaluatorArguments()
      arguments.valDataLoader = Ref(loader)
      arguments.network = Ref(network, object: network)
      arguments.inferer = Ref(inferer, object: inferer)
      arguments.postprocessing = Ref(Compose([softmax, discrete]))
      arguments.keyValMetric = Named([("val_mean_dice", Ref(metric, object: metric))])
      if let folder {
        var saver = CheckpointSaver()
        saver.saveDir = PathArgument(folder)
        saver.saveDict = Named([("model", .object(network)), ("train_conf", .dict([:]))])
        saver.saveKeyMetric = true
        let handler: any Handler = try built(saver, context)
        arguments.valHandlers = [Ref(handler, object: handler)]
      }
      return try built(arguments, context)
    }

    private static func handlers(
      _ scheduler: any LRScheduler, _ evaluator: SupervisedEvaluator, _ network: any Network,
      _ folder: String?
    ) throws -> [any Handler] {
      var schedule = LrScheduleHandler()
      schedule.lrScheduler = Ref(scheduler, object: scheduler)
      var validation = ValidationHandler()
      validation.validator = Ref(evaluator)
      var handlers: [any Handler] = [
        LrScheduleHandler.Live(schedule), ValidationHandler.Live(validation),
      ]
      if let folder {
        var saver = CheckpointSaver()
        saver.saveDir = PathArgument(folder)
        saver.saveDict = Named([("model", .object(network))])
        (saver.epochLevel, saver.saveInterval, saver.nSaved) = (false, 1, 1)
        handlers.append(CheckpointSaver.Live(saver))
      }
      return handlers
    }
  }

  /// Everything that two equal trainings have equal, bit for bit.
  struct Outcome: Equatable {
    let weights: [[UInt8]]
    let rates: [Double]
    let history: History
    let best: Double
    let nextDraw: UInt64

    init(_ parts: Parts) throws {
      let state = try parts.network.state().dictionary()
      weights = try state.names.map { name in
        guard case .tensor(let tensor) = try state.required(name) else { return [] }
        return tensor.withUnsafeBytes { [UInt8]($0) }
      }
      rates = parts.optimizer.groups.map(\.learningRate)
      history = parts.trainer.history
      best = parts.evaluator.state.bestMetric
      nextDraw = parts.context.generator.random64()
    }
  }

  @Test func itLearns() throws {
    let parts = try Parts(epochs: 12, learningRate: 2e-2)
    let run = try parts.trainer.run()
    let losses = try #require(run.history["train_loss"]?.values)
    #expect(losses.count == 36)
    #expect(losses[33...].reduce(0, +) / 3 < losses[0] - 0.1)
    #expect(run.best != nil)
    #expect(run.details.first?.cases == ["imagesTr/cube_0.nii.gz", "imagesTr/cube_1.nii.gz"])
    #expect(run.details.first?.rows.count == 2)
    #expect(run.details.first?.classNames == ["class1"])
  }

  @Test(arguments: [0, 2])
  func resumingInAnyIterationIsBitExact(workers: Int) throws {
    let whole = try Parts(workers: workers)
    try whole.trainer.run()
    let outcome = try Outcome(whole)
    for stop in 1...8 {
      let folder = try TemporaryFolder()
      try Parts(workers: workers, folder: folder.path).trainer.run(iterations: stop)
      let second = try Parts(workers: workers, folder: folder.path)
      second.context.generator.seed(1)
      try second.trainer.resume(from: folder.file("run_state.pt"))
      try second.trainer.run()
      #expect(try Outcome(second) == outcome, "after iteration \(stop)")
    }
  }

  @Test func goingOnAfterAStopIsBitExactWithWorkers() throws {
    let whole = try Parts(workers: 2)
    try whole.trainer.run()
    let stopped = try Parts(workers: 2)
    stopped.trainer.on(.iterationCompleted, .once(4)) { $0.context.cancellation.request() }
    #expect(try stopped.trainer.run().isInterrupted)
    stopped.context.cancellation.reset()
    try stopped.trainer.run()
    #expect(try Outcome(stopped) == Outcome(whole))
  }

  @Test func theBestModelLoadsAgain() throws {
    let folder = try TemporaryFolder()
    let parts = try Parts(folder: folder.path)
    try parts.trainer.run()
    let saved = try Checkpoint.read(folder.file("model.pt")).dictionary()
    #expect(saved.names == ["model", "train_conf"])
    let other = try Parts()
    #expect(try other.network.adopt(saved.required("model"), strict: true).isEmpty)
    #expect(
      try folder.names() == [
        "checkpoints.tsv", "model.pt", "model_iteration=9.pt", "run_state.pt",
      ])
  }

  @Test func aRebuiltTrainerGoesOnWhereTheOldOneStood() throws {
    let whole = try Parts()
    try whole.trainer.run()
    let first = try Parts()
    try first.trainer.run(iterations: 4)
    let second = try Parts()
    _ = try second.network.adopt(first.network.state(), strict: true)
    try second.evaluator.takeOver(from: first.evaluator)
    try second.trainer.takeOver(from: first.trainer)
    #expect(second.trainer.state.iteration == 4)
    #expect(second.trainer.state.epoch == 2)
    #expect(second.trainer.history == first.trainer.history)
    #expect(second.evaluator.state.bestMetric == first.evaluator.state.bestMetric)
    try second.trainer.run()
    #expect(second.trainer.state.epoch == 3)
    #expect(second.trainer.state.iteration == 9)
    #expect(second.trainer.history["train_loss"]?.positions == Array(1...9))
  }

  @Test func aDeviceThatIsNotThereIsNotedOnce() throws {
    let parts = try Parts(epochs: 1, device: "cuda:0")
    var again = SupervisedEvaluatorArguments()
    again.device = .string("cuda:0")
    again.valDataLoader = Ref(try #require(parts.evaluator.source as? DataLoader))
    again.network = Ref(parts.network, object: parts.network)
    _ = try again.build(parts.context)
    #expect(
      parts.sink.notes == ["device 'cuda:0': there is none here, everything runs on the CPU"])
  }

  @Test func aBatchWithoutALabelSaysWhatIsThere() throws {
    let parts = try Parts()
    let batch = Batch(tensors: ["image": Tensor(zeros: [1, 1, 8, 8, 8])], items: [Sample()])
    let fault = #expect(throws: Fault.self) { try parts.trainer.iterate(batch) }
    #expect(fault?.message == "the batch has no label")
    #expect(fault?.got == "image")
  }
}
