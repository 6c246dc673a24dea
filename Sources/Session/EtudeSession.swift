import Components
import Engine
import Plotting
import Script
import Synchronization

/// How a session is set up.
public struct SessionOptions: Sendable {
  /// Cores to use; nil takes all of them.
  public var threads: Int?
  /// `name=value` words that win over a loaded config.
  public var sets: [String]
  /// Asked before anything long goes on.
  public var cancellation: Cancellation
  /// Where results are read.
  public var display: Display
  /// False where each case is looked at once.
  var keepsCases = true
  /// Asks whoever is there for a line; nil where nobody is.
  public var ask: (@Sendable (_ prompt: String) throws(Fault) -> String)?

  public init(
    threads: Int? = nil, sets: [String] = [], cancellation: Cancellation = Cancellation(),
    display: Display = Display()
  ) {
    (self.threads, self.sets, self.cancellation) = (threads, sets, cancellation)
    self.display = display
  }
}

/// A config that is still being written, with the live objects it stands for.
///
/// The one core under the prompt, scripts, commands and notebooks. One thread runs cells; the locks
/// are for readers on other threads.
public final class EtudeSession: Sendable {
  public let output: OutputGate
  public let cancellation: Cancellation
  public let sources: SourceStore
  public let catalog = Catalog.everything
  let options: SessionOptions
  let names: ComponentNames
  let printer: Printer
  let runs = RunLog()
  /// Cases read so far, for every config that is loaded.
  let cache: SampleCache
  /// An experiment: its seed is what it was made with, whatever the bindings say.
  private let isBeside: Bool
  private let state: Mutex<State>
  private let built = Mutex<Workbench?>(nil)
  /// The picture that follows trainings, when one was asked for.
  let live = Mutex<LivePlot?>(nil)
  /// Notes that are said once, in a session and its experiments together.
  private let said: OnceOnly
  /// The window that pictures go to, once there was one.
  private let opened = Mutex<GnuplotWindow?>(nil)
  /// Apart from the state, so that readers never wait for a statement.
  private let published = Mutex<SessionView?>(nil)

  private struct State: Sendable {
    var bindings: Bindings
    /// Another number after every change of the bindings.
    var revision = 0
    var context: RunContext?
    var location: ConfigLocation?
    var history = StepHistory()
    /// What there was to say about the config when it was read.
    var remarks: [Finding] = []
    var bounds = EvaluationBounds()
    /// The entries that were run.
    var inputs: [String] = []
    /// Whether the values of entries become `_`.
    var keepsLast = true
    /// Runs whose weights were written into a file by hand.
    var savedRuns = 0
    /// The step of the tour that was shown last.
    var tourPosition = 0
  }

  public init(options: SessionOptions = SessionOptions(), output: any OutputSink) {
    (self.options, cancellation, isBeside) = (options, options.cancellation, false)
    said = OnceOnly()
    cache = options.keepsCases ? SampleCache() : SampleCache(byteLimit: 0)
    self.output = OutputGate(output)
    if let threads = options.threads { ComputeThreads.set(threads) }
    sources = SourceStore()
    names = ComponentNames(catalog)
    printer = Printer(names: names)
    state = Mutex(
      State(
        bindings: Bindings(
          sources: sources, catalog: catalog, syntax: EtudeSyntax(sources, names: names))))
  }

  /// A session for an experiment beside another: it begins with `bindings` and has built nothing.
  ///
  /// Sources and the cases read so far are shared; what it builds, learns and draws is its own.
  init(beside other: EtudeSession, _ bindings: Bindings, _ context: RunContext) {
    (options, cancellation, isBeside) = (other.options, other.cancellation, true)
    (said, cache) = (other.said, other.cache)
    (sources, names, printer) = (other.sources, other.names, other.printer)
    output = OutputGate(context.output)
    state = Mutex(State(bindings: bindings, context: context, location: other.location))
  }

  /// The one window for all pictures.
  func window(_ terminal: String) throws(Fault) -> GnuplotWindow {
    let gnuplot = try Gnuplot.find()
    return opened.withLock { window in
      let open = window ?? GnuplotWindow(gnuplot, terminal: terminal)
      window = open
      return open
    }
  }

  // MARK: State

  /// The first change that a statement makes is a step that `undo` goes back over.
  var bindings: Bindings {
    get { state.withLock { $0.bindings } }
    set { change { $0.bindings = newValue } }
  }

  /// The bindings as the workbench reads them.
  var bindingsInForce: Workbench.Source {
    state.withLock { Workbench.Source(bindings: $0.bindings, revision: $0.revision) }
  }

  private func change(_ body: (inout State) -> Void) {
    let step = state.withLock { state -> Int? in
      let before = StepHistory.Moment(
        bindings: state.bindings, context: state.context, location: state.location)
      body(&state)
      state.revision += 1
      return state.history.enter(before)
    }
    if let step { workbench.beginStep(step, forgettingBefore: step - StepHistory.most) }
  }

  var location: ConfigLocation? { state.withLock { $0.location } }
  var remarks: [Finding] { state.withLock { $0.remarks } }
  var display: Display { options.display }
  var inputs: [String] { state.withLock { $0.inputs } }
  func remember(input: String) { state.withLock { $0.inputs.append(input) } }

  var savedRuns: Int { state.withLock { $0.savedRuns } }

  /// The present weights are in a file now.
  func weightsAreSaved() {
    let count = runs.entries.count
    state.withLock { $0.savedRuns = count }
  }

  var tourPosition: Int {
    get { state.withLock { $0.tourPosition } }
    set { state.withLock { $0.tourPosition = newValue } }
  }

  /// How the session looked after its last statement or iteration. Any thread may read it.
  public var view: SessionView {
    published.withLock({ $0 }) ?? publishView()
  }

  func setView(_ view: SessionView) { published.withLock { $0 = view } }

  /// Built on first use, so that starting costs nothing.
  var workbench: Workbench {
    built.withLock { stored in
      if let stored { return stored }
      let made = Workbench(
        printer: printer,
        maker: { [unowned self] in try self.make($0, $1) },
        heir: { try Inheritance.pass(from: $0, to: $1) })
      stored = made
      return made
    }
  }

  /// Takes over a loaded config with objects of its own; `undo` goes back to the old ones.
  func replace(
    with bindings: Bindings, at location: ConfigLocation?, remarks: [Finding] = []
  ) {
    change {
      $0.bindings = bindings
      ($0.context, $0.location, $0.remarks) = (nil, location, remarks)
    }
    state.withLock { $0.history.markLoad() }
    workbench.putAllAside()
  }

  /// Takes over a config that replaces only part of the session: what it leaves alone stays built.
  func merge(_ bindings: Bindings, at location: ConfigLocation?, remarks: [Finding] = []) {
    change { ($0.bindings, $0.location, $0.remarks) = (bindings, location, remarks) }
  }

  /// Works under other bindings and puts the own ones back, which is no step.
  func under<R>(_ other: Bindings, _ body: () throws -> R) rethrows -> R {
    func exchange(_ bindings: Bindings) {
      state.withLock { ($0.bindings, $0.revision) = (bindings, $0.revision + 1) }
    }
    let own = bindings
    exchange(other)
    defer { exchange(own) }
    return try body()
  }

  /// Keeps the value of the last line under `_`, which is no step.
  func keepLast(_ value: Value) {
    guard state.withLock({ $0.keepsLast }) else { return }
    let span = Span(sources.add(name: "<value>", text: ""), 0, 0)
    state.withLock {
      $0.bindings.bind("_", in: .top, Expression(.none, span), Provenance(.typed, span))
      $0.bindings.hold(HeldValue(value), for: Node(.top, "_"))
      $0.revision += 1
    }
  }

  /// Whether the values that `work` shows become `_`.
  func keepingLast(_ keeps: Bool, _ work: () throws -> Void) rethrows {
    state.withLock { $0.keepsLast = keeps }
    defer { state.withLock { $0.keepsLast = true } }
    try work()
  }

  /// From here on changes belong to this statement.
  func beginStatement(_ span: Span) { state.withLock { $0.history.begin(span) } }

  /// Goes back over the last statement that changed a binding; nil when there is none.
  func takeStep() -> (step: StepHistory.Step, previous: Int, undone: Bindings)? {
    state.withLock { state in
      guard let step = state.history.leave() else { return nil }
      let undone = state.bindings
      (state.bindings, state.location) = (step.before.bindings, step.before.location)
      if let last = undone[.top, "_"], let held = last.held {
        state.bindings.bind("_", in: .top, last.expression, last.provenance)
        state.bindings.hold(held, for: last.node)
      }
      // Loading began a world of its own; the one before comes back with its objects.
      if step.isLoad { state.context = step.before.context }
      state.revision += 1
      return (step, state.history.number, undone)
    }
  }

  /// The world of this session's runs, seeded as its config says.
  func runContext() throws -> RunContext {
    if let context = state.withLock({ $0.context }) { return context }
    let settings = try RunSettings(bindings)
    let seed = settings.randomSeed.map { UInt32(truncatingIfNeeded: $0) }
    let context = RunContext(
      output: output, cancellation: cancellation,
      generator: TorchGenerator(seed: seed.map(UInt64.init) ?? UInt64.random(in: 0...UInt64.max)),
      seed: seed, threads: ComputeThreads.count, cache: cache, said: said,
      isRepeatable: display.isRepeatable)
    state.withLock { $0.context = context }
    return context
  }

  /// A seed that was set after things were built: what has not been trained begins anew with it, a
  /// training that has begun keeps its own.
  func followSeed() throws {
    guard !isBeside, let context = state.withLock({ $0.context }) else { return }
    let seed = try RunSettings(bindings).randomSeed.map { UInt32(truncatingIfNeeded: $0) }
    guard context.seed != seed else { return }
    if case .object(let trainer as SupervisedTrainer)? =
      workbench.built(Node(.train, "trainer"))?.value, !trainer.isUntouched
    {
      return noteOnce("determinism counts from train(fresh=True) on")
    }
    workbench.discard(bindings.nodes)
    state.withLock { $0.context = nil }
  }

  /// Forgets names and objects; runs keep their numbers.
  func reset() {
    replace(
      with: Bindings(
        sources: sources, catalog: catalog, syntax: EtudeSyntax(sources, names: names)), at: nil)
  }

  func note(_ text: String) { output.write(text, to: .note) }

  /// Says something the first time only.
  public func noteOnce(_ text: String) {
    if said.isFirst(text) { note(text) }
  }

  /// How long one statement may compute and how large a value it may make.
  var bounds: EvaluationBounds {
    get { state.withLock { $0.bounds } }
    set { state.withLock { $0.bounds = newValue } }
  }

  func callContext() -> CallContext {
    let bounds = bounds
    return CallContext(
      output: output, cancellation: cancellation,
      budget: StepBudget(steps: bounds.steps, largestValue: bounds.elements))
  }
}
