import Components
import Engine
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

  public init(
    threads: Int? = nil, sets: [String] = [], cancellation: Cancellation = Cancellation()
  ) {
    (self.threads, self.sets, self.cancellation) = (threads, sets, cancellation)
  }
}

/// A config that is still being written, with the live objects it stands for.
///
/// The one core under the prompt, scripts, commands and notebooks. One thread runs cells; the locks
/// are for readers on other threads.
public final class EtudeSession: Sendable {
  public let output: any OutputSink
  public let cancellation: Cancellation
  public let sources = SourceStore()
  public let catalog = Catalog.everything
  let options: SessionOptions
  let names: ComponentNames
  let printer: Printer
  let runs = RunLog()
  private let state: Mutex<State>
  private let built = Mutex<Workbench?>(nil)

  private struct State: Sendable {
    var bindings: Bindings
    /// Older bindings, for `undo()`.
    var past: [Bindings] = []
    var context: RunContext?
    var location: ConfigLocation?
    /// Notes that are said once in a session.
    var said: Set<String> = []
  }

  public init(options: SessionOptions = SessionOptions(), output: any OutputSink) {
    (self.options, self.output, cancellation) = (options, output, options.cancellation)
    if let threads = options.threads { ComputeThreads.set(threads) }
    names = ComponentNames(catalog)
    printer = Printer(names: names)
    state = Mutex(
      State(
        bindings: Bindings(
          sources: sources, catalog: catalog, syntax: EtudeSyntax(sources, names: names))))
  }

  // MARK: State

  /// Reads and changes the bindings; the closure must not run anything.
  var bindings: Bindings {
    get { state.withLock { $0.bindings } }
    set { state.withLock { $0.bindings = newValue } }
  }

  var location: ConfigLocation? { state.withLock { $0.location } }

  /// Built on first use, so that starting costs nothing.
  var workbench: Workbench {
    built.withLock { stored in
      if let stored { return stored }
      let made = Workbench(
        printer: printer,
        maker: { [unowned self] in try self.make($0, $1) },
        heir: { try Inheritance.pass(from: $1, to: $2) })
      stored = made
      return made
    }
  }

  /// Takes over a loaded config; objects of the old one are let go.
  func replace(with bindings: Bindings, at location: ConfigLocation?) {
    state.withLock {
      $0.past.append($0.bindings)
      $0.bindings = bindings
      ($0.context, $0.location) = (nil, location)
    }
    workbench.removeAll()
  }

  /// Remembers the bindings as they are, as something `undo` goes back to.
  func remember(_ bindings: Bindings) {
    state.withLock {
      $0.past.append(bindings)
      if $0.past.count > 100 { $0.past.removeFirst() }
    }
  }

  /// Goes back one statement; nil when there is none.
  func undo() -> Bindings? {
    state.withLock {
      guard let last = $0.past.popLast() else { return nil }
      $0.bindings = last
      return last
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
      seed: seed, threads: ComputeThreads.count)
    state.withLock { $0.context = context }
    return context
  }

  func note(_ text: String) { output.write(text, to: .note) }

  /// Says something the first time only.
  func noteOnce(_ text: String) {
    if state.withLock({ $0.said.insert(text).inserted }) { note(text) }
  }

  func callContext() -> CallContext {
    CallContext(output: output, cancellation: cancellation, budget: StepBudget())
  }
}
