import Components
import Synchronization
import TestSupport

@testable import Engine

/// `prediction = w·x + b`: the smallest network that can be trained, saved and resumed.
final class ToyNetwork: Network {
  let w: Parameter
  let b: Parameter

  init(w: Float = 0.5, b: Float = 0.25) {
    self.w = Parameter(name: "w", value: Tensor([w], shape: [1]))
    self.b = Parameter(name: "b", value: Tensor([b], shape: [1]))
  }

  var kind: String { "ToyNetwork" }
  var summary: String { "w \(w.number), b \(b.number)" }
  var parameters: [Parameter] { [w, b] }

  func forward(_ input: Tensor, _ mode: ForwardMode) throws -> Tensor {
    Tensor(input.elements(of: Float.self).map { $0 * w.number + b.number }, shape: input.shape)
  }

  func preview(_ input: TensorSpec) throws(Fault) -> TensorSpec { input }

  func state() -> StateValue {
    .dict(StateDictionary(parameters.map { ($0.name, .tensor($0.value)) }))
  }

  func adopt(_ state: StateValue, strict: Bool) throws -> [String] {
    let saved = try state.dictionary()
    let unexpected = saved.names.filter { name in !parameters.contains { $0.name == name } }
    var left = unexpected
    for parameter in parameters {
      guard case .tensor(let value)? = saved[parameter.name], value.shape == parameter.value.shape
      else {
        left.append(parameter.name)
        continue
      }
      if !strict || unexpected.isEmpty { parameter.value = value }
    }
    if strict, !left.isEmpty { throw Fault(.state, "other names: \(left)") }
    return left
  }
}

extension Parameter {
  var number: Float { value.elements(of: Float.self)[0] }
}

/// Mean squared error; leaves its gradient in the network's parameters.
final class ToyLoss: Loss {
  let network: ToyNetwork
  /// The call, from 1, at which the loss is not a number.
  let poisonedCall: Int?
  private let calls = Mutex(0)

  init(_ network: ToyNetwork, poisonedCall: Int? = nil) {
    (self.network, self.poisonedCall) = (network, poisonedCall)
  }

  var kind: String { "ToyLoss" }
  var summary: String { kind }

  func callAsFunction(_ prediction: Tensor, _ target: Tensor) -> Tensor {
    let call = calls.withLock { calls in
      calls += 1
      return calls
    }
    let p = prediction.elements(of: Float.self)
    let t = target.elements(of: Float.self)
    let differences = zip(p, t).map { $0 - $1 }
    let count = Float(p.count)
    // x = (p - b) / w is not what was fed in float32, so the input is recovered from the target.
    let inputs = t.map { ($0 - 1) / 2 }
    let gradients = (
      w: zip(differences, inputs).reduce(0) { $0 + 2 * $1.0 * $1.1 } / count,
      b: differences.reduce(0) { $0 + 2 * $1 } / count
    )
    network.w.gradient = Tensor([gradients.w], shape: [1])
    network.b.gradient = Tensor([gradients.b], shape: [1])
    if call == poisonedCall { return Tensor(scalar: .nan) }
    return Tensor(scalar: differences.reduce(0) { $0 + $1 * $1 } / count)
  }
}

/// Stochastic gradient descent with momentum .9.
final class ToyOptimizer: Optimizer {
  final class Group: ParameterGroup {
    let parameters: [Parameter]
    private let rates = Mutex<(current: Double, initial: Double?)>((0, nil))

    init(_ parameters: [Parameter], learningRate: Double) {
      self.parameters = parameters
      rates.withLock { $0.current = learningRate }
    }

    var learningRate: Double {
      get { rates.withLock { $0.current } }
      set { rates.withLock { $0.current = newValue } }
    }
    var initialLearningRate: Double? {
      get { rates.withLock { $0.initial } }
      set { rates.withLock { $0.initial = newValue } }
    }
  }

  let group: Group
  private let momenta: Mutex<[Float?]>

  init(_ network: ToyNetwork, learningRate: Double = 0.01) {
    group = Group(network.parameters, learningRate: learningRate)
    momenta = Mutex(network.parameters.map { _ in nil })
  }

  var kind: String { "ToyOptimizer" }
  var summary: String { kind }
  var groups: [any ParameterGroup] { [group] }

  func zeroGradients() { for parameter in group.parameters { parameter.gradient = nil } }

  func step() throws {
    for (index, parameter) in group.parameters.enumerated() {
      guard let gradient = parameter.gradient?.elements(of: Float.self)[0] else { continue }
      let momentum = momenta.withLock { momenta in
        let momentum = momenta[index].map { 0.9 * $0 + gradient } ?? gradient
        momenta[index] = momentum
        return momentum
      }
      let value = parameter.number - Float(group.learningRate) * momentum
      parameter.value = Tensor([value], shape: [1])
    }
  }

  func state() -> StateValue {
    .dict(
      StateDictionary([
        ("lr", .double(group.learningRate)),
        ("initial_lr", group.initialLearningRate.map { .double($0) } ?? .none),
        (
          "momenta",
          .list(
            momenta.withLock { $0 }.map { $0.map { .tensor(Tensor(scalar: $0)) } ?? .none })
        ),
      ]))
  }

  func adopt(_ state: StateValue, strict: Bool) throws -> [String] {
    let saved = try state.dictionary()
    group.learningRate = try saved.double("lr")
    if case .double(let rate) = try saved.required("initial_lr") {
      group.initialLearningRate = rate
    }
    let values = try saved.required("momenta").list().map { value -> Float? in
      if case .tensor(let tensor) = value { tensor.elements(of: Float.self)[0] } else { nil }
    }
    momenta.withLock { $0 = values }
    return []
  }
}

/// Halves the learning rate at every step.
final class ToyScheduler: LRScheduler {
  private let optimizer: ToyOptimizer
  private let steps = Mutex(0)

  init(_ optimizer: ToyOptimizer) {
    self.optimizer = optimizer
    optimizer.group.initialLearningRate = optimizer.group.learningRate
  }

  var kind: String { "ToyScheduler" }
  var summary: String { kind }
  var lastLearningRates: [Double] { [optimizer.group.learningRate] }
  var stepCount: Int { steps.withLock { $0 } }

  func step() {
    steps.withLock { $0 += 1 }
    optimizer.group.learningRate /= 2
  }

  func state() -> StateValue { .dict(StateDictionary([("steps", .int(stepCount))])) }

  func adopt(_ state: StateValue, strict: Bool) throws -> [String] {
    let count = try state.dictionary().int("steps")
    steps.withLock { $0 = count }
    return []
  }
}

/// Batches of numbers x with the label 2x + 1; each pass draws two seeds, and shuffles if asked.
final class ToySource: BatchSource {
  let inputs: [Float]
  let batchSize: Int
  let shuffles: Bool
  let generator: TorchGenerator

  init(
    _ inputs: [Float], batchSize: Int = 2, shuffles: Bool = false, generator: TorchGenerator
  ) {
    (self.inputs, self.batchSize) = (inputs, batchSize)
    (self.shuffles, self.generator) = (shuffles, generator)
  }

  var kind: String { "ToySource" }
  var summary: String { kind }
  var batchCount: Int { (inputs.count + batchSize - 1) / batchSize }

  func makePass(_ context: RunContext) throws -> any BatchPass {
    let seed = generator.random64()
    return Pass(self, seed: seed, position: 0)
  }

  func restingState() -> StateValue { .none }
  func rest(in state: StateValue) {}

  func makePass(from state: StateValue, _ context: RunContext) throws -> any BatchPass {
    let saved = try state.dictionary()
    guard let seed = UInt64(try saved.string("seed")) else { throw StateValue.damaged("seed") }
    return Pass(self, seed: seed, position: try saved.int("position"))
  }

  final class Pass: BatchPass {
    private let source: ToySource
    private let seed: UInt64
    private var position: Int
    private let order: [Int]

    init(_ source: ToySource, seed: UInt64, position: Int) {
      (self.source, self.seed, self.position) = (source, seed, position)
      var order = Array(source.inputs.indices)
      if source.shuffles {
        var stream = RandomState(seed: UInt32(truncatingIfNeeded: seed))
        order = order.map { ($0, stream.uniform()) }.sorted { $0.1 < $1.1 }.map(\.0)
      }
      self.order = order
    }

    func next() throws -> Batch? {
      guard position < order.count else { return nil }
      let indices = order[position..<min(position + source.batchSize, order.count)]
      position += indices.count
      let inputs = indices.map { source.inputs[$0] }
      return Batch(
        tensors: [
          "image": Tensor(inputs, shape: [inputs.count, 1]),
          "label": Tensor(inputs.map { 2 * $0 + 1 }, shape: [inputs.count, 1]),
        ],
        items: indices.map { index in
          var sample = Sample()
          sample["image_meta_dict"] = .metadata(
            Metadata(fileName: "data/case_\(index).nii.gz", affine: .identity, spatialShape: []))
          return sample
        })
    }

    func state() -> StateValue {
      .dict(StateDictionary([("seed", .string("\(seed)")), ("position", .int(position))]))
    }
  }
}

/// Mean absolute error of `pred` against `label`, with one row an item.
final class ToyMetric: ResumableMetric {
  private let errors = Mutex<[Float]>([])
  /// Replaces the values of successive epochs, so that a test can say what is best when.
  private let script: Mutex<[Double]>

  init(script: [Double] = []) { self.script = Mutex(script) }

  var kind: String { "ToyMetric" }
  var summary: String { kind }

  func reset() { errors.withLock { $0 = [] } }

  func update(_ output: Value, _ context: CallContext) throws {
    for item in output.elements ?? [] {
      guard case .object(let object as SampleObject) = item,
        let prediction = object.sample.tensor("pred"), let label = object.sample.tensor("label")
      else { throw Fault(.data, "no pred and label") }
      let error = abs(prediction.elements(of: Float.self)[0] - label.elements(of: Float.self)[0])
      errors.withLock { $0.append(error) }
    }
  }

  func compute() throws -> MetricResult {
    let errors = errors.withLock { $0 }
    let value = script.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    return MetricResult(
      value: value ?? Double(errors.reduce(0, +)) / Double(errors.count),
      details: errors.map { [Double($0)] })
  }

  func gathered() -> StateValue {
    let errors = errors.withLock { $0 }
    return .tensor(Tensor(errors, shape: [errors.count]))
  }

  func adopt(gathered: StateValue) throws {
    guard case .tensor(let tensor) = gathered else { throw StateValue.damaged("metric") }
    errors.withLock { $0 = tensor.elements(of: Float.self) }
  }
}

/// Remembers every line, by channel.
final class ToySink: OutputSink {
  let isLive: Bool
  private let written = Mutex<[(text: String, channel: OutputChannel)]>([])

  init(isLive: Bool = false) { self.isLive = isLive }

  func write(_ text: String, to channel: OutputChannel) {
    written.withLock { $0.append((text, channel)) }
  }

  func lines(_ channel: OutputChannel) -> [String] {
    written.withLock { $0.filter { $0.channel == channel }.map(\.text) }
  }
  var log: [String] { lines(.log) }
  var notes: [String] { lines(.note) }
}

/// A whole small training with everything it is made of.
struct ToyTraining {
  let sink = ToySink()
  let context: RunContext
  let network = ToyNetwork()
  let optimizer: ToyOptimizer
  let scheduler: ToyScheduler
  let evaluator: SupervisedEvaluator
  let trainer: SupervisedTrainer

  /// - Parameter handlers: made of the parts, as a config's list would be.
  init(
    epochs: Int = 2, inputs: [Float] = [1, 2, 3, 4], shuffles: Bool = false, seed: UInt64 = 0,
    learningRate: Double = 0.01, scores: [Double] = [], poisonedCall: Int? = nil,
    trainsWithMetric: Bool = false,
    evaluatorHandlers: (ToyTraining.Parts) -> [any Handler] = { _ in [] },
    handlers: (ToyTraining.Parts, SupervisedEvaluator) -> [any Handler] = { _, _ in [] }
  ) throws {
    let generator = TorchGenerator(seed: seed)
    context = RunContext(
      output: sink, cancellation: Cancellation(), generator: generator, seed: nil, threads: 1)
    optimizer = ToyOptimizer(network, learningRate: learningRate)
    scheduler = ToyScheduler(optimizer)
    let parts = Parts(network: network, optimizer: optimizer, scheduler: scheduler)
    var validation = Workflow.Options()
    validation.metrics = [("val_score", ToyMetric(script: scores)), ("val_again", ToyMetric())]
    validation.hasKeyMetric = true
    evaluator = try SupervisedEvaluator(
      source: ToySource([1, 5, 2], batchSize: 1, generator: generator), network: network,
      options: validation, handlers: evaluatorHandlers(parts), context: context)
    var training = Workflow.Options()
    if trainsWithMetric {
      training.metrics = [("train_score", ToyMetric())]
      training.hasKeyMetric = true
    }
    trainer = try SupervisedTrainer(
      source: ToySource(inputs, shuffles: shuffles, generator: generator), network: network,
      optimizer: optimizer, loss: ToyLoss(network, poisonedCall: poisonedCall),
      maxEpochs: epochs, options: training, handlers: handlers(parts, evaluator), context: context
    )
    trainer.differentiate = { _ in }
  }

  struct Parts {
    let network: ToyNetwork
    let optimizer: ToyOptimizer
    let scheduler: ToyScheduler

    var lrSchedule: any Handler {
      var arguments = LrScheduleHandler()
      arguments.lrScheduler = Ref<Schedulers>(scheduler, object: scheduler)
      return LrScheduleHandler.Live(arguments)
    }

    func validation(_ evaluator: SupervisedEvaluator, every interval: Int = 1) -> any Handler {
      var arguments = ValidationHandler()
      arguments.validator = Ref<Evaluators>(evaluator)
      arguments.interval = interval
      return ValidationHandler.Live(arguments)
    }

    /// Saves the network, or the network and the optimizer.
    func saver(
      _ folder: String, whole: Bool = false, _ change: (inout CheckpointSaver) -> Void
    ) -> any Handler {
      var arguments = CheckpointSaver()
      arguments.saveDir = PathArgument(folder)
      var entries: [(name: String, value: Value)] = [("net", .object(network))]
      if whole { entries.append(("opt", .object(optimizer))) }
      arguments.saveDict = Named(entries)
      change(&arguments)
      return CheckpointSaver.Live(arguments)
    }

    func stats(lossTag: String? = nil) -> any Handler {
      var arguments = StatsHandler()
      arguments.outputTransform = FunctionArgument(
        lossTag == nil
          ? NativeFunction("none") { _, _ in .none }
          : fromEngine(["loss"], first: true))
      arguments.tagName = lossTag ?? "Loss"
      return StatsHandler.Live(arguments)
    }
  }
}
