import Components
import Engine
import Script

/// `sweep`: the same training for each of several values.
extension EtudeSession {
  var sweepAction: Builtin {
    Builtin(
      "sweep", "Trains anew, with the same seed, for each value; this session stays as it is.",
      effect: .action, BuiltinParameter<String>("path"), BuiltinParameter<[Value]>("values"),
      BuiltinParameter("epochs", default: 1), BuiltinParameter("seed", default: 0)
    ) { [self] _, path, values, epochs, seed in
      guard epochs >= 1 else {
        throw Fault(.outOfRange, "epochs is at least 1", got: "\(epochs)", argument: ["epochs"])
      }
      return .dict(
        try Sweep(self, path, values, epochs: epochs, seed: try Self.seed(seed)).run())
    }
  }
}

/// One sweep at work.
private struct Sweep {
  private let session: EtudeSession
  private let path: String
  private let target: Path
  private let values: [(text: String, expression: Expression)]
  private let epochs: Int
  private let seed: UInt32
  private let id = RunIdentity().description

  init(
    _ session: EtudeSession, _ path: String, _ values: [Value], epochs: Int, seed: UInt32
  ) throws {
    (self.session, self.path, self.epochs, self.seed) = (session, path, epochs, seed)
    target = try Path(dotted: path)
    guard !values.isEmpty else {
      throw Fault(.invalid, "values is empty", wanted: "a list", argument: ["values"])
    }
    let known = try session.bindings.target(of: target)
    guard session.bindings[known.node.section, known.node.name] != nil else {
      throw Fault(
        .unknownName, "there is no \(path) to sweep over",
        suggestion: Spelling.nearest(
          to: known.node.name,
          among: Section.allCases.flatMap { session.bindings.names(in: $0) }),
        argument: ["path"])
    }
    self.values = try values.map { try Self.written($0, session) }
    let texts = self.values.map(\.text)
    if let twice = texts.first(where: { text in texts.count { $0 == text } > 1 }) {
      throw Fault(.invalid, "\(twice) is there twice", argument: ["values"])
    }
  }

  /// A value as it is written; components keep their text, and are made anew for each training.
  private static func written(
    _ value: Value, _ session: EtudeSession
  ) throws -> (text: String, expression: Expression) {
    if case .object(let written as WrittenExpression) = value {
      return (session.printer.text(written.expression), written.expression)
    }
    let text = value.description
    let source = session.sources.add(name: "<sweep>", text: text)
    guard let expression = Expression(value: value, Span(source, 0, text.utf8.count)) else {
      throw Fault(
        .unsupported, "a built \(value.kindName) cannot be made anew for each training",
        remedy: "write the values out inside sweep(…)", argument: ["values"])
    }
    return (text, expression)
  }

  func run() throws -> ValueDictionary {
    var runs = ValueDictionary()
    var tried: [(text: String, run: Run)] = []
    var faults: [(text: String, fault: Fault)] = []
    func fail(_ text: String, _ fault: Fault) {
      faults.append((text, fault))
      session.note("\(path) = \(text): \(fault.message)")
    }
    for (text, expression) in values {
      if session.cancellation.isRequested { break }
      do {
        let run = try train(text, expression)
        runs[text] = .object(run)
        tried.append((text, run))
        session.finish(run, title: "\(path) = \(text)", isBrief: true)
      } catch let fault as Fault where fault.kind != .interrupted {
        fail(text, fault)
      } catch let list as FaultList {
        if let first = list.faults.first { fail(text, first) }
      }
    }
    if tried.isEmpty, let first = faults.first { throw first.fault }
    let table = table(tried, faults)
    session.output.show(table.text(), html: table.html)
    return runs
  }

  /// A session of its own, which writes below a folder of its own.
  private func train(_ text: String, _ expression: Expression) throws -> Run {
    var bindings = session.bindings
    let before = bindings
    let provenance = Provenance(.typed, expression.span)
    try bindings.assign(target, expression, provenance)
    let node = try bindings.target(of: target).node
    let old = session.componentFaults(in: before, of: node).map(\.message)
    let now = session.componentFaults(in: bindings, of: node)
    if let new = now.first(where: { !old.contains($0.message) }) {
      throw new
    }
    let context = RunContext(
      beside: try session.runContext(), generator: TorchGenerator(seed: UInt64(seed)), seed: seed,
      output: WithoutLog(session.output, id: id, name: "\(path) = \(text)"))
    let other = EtudeSession(beside: session, bindings, context)
    try other.redirection(to: folder(for: text), isWanted: false)?.keep()
    return try other.perform(TrainingRequest(epochs: epochs), by: other.checkedTrainer())
  }

  /// `learning_rate=0.001`; what has no place in a name of a folder becomes `_`.
  private func folder(for text: String) -> String {
    let plain = "\(path)=\(text)".unicodeScalars.map { scalar in
      let isPlain =
        scalar.value < 0x80
        && (scalar.properties.isAlphabetic || "0123456789=._-+".unicodeScalars.contains(scalar))
      return isPlain ? Character(scalar) : "_"
    }
    return String(plain.prefix(80))
  }

  /// The best first: by the key metric, and where there is none by the last loss.
  private func table(
    _ tried: [(text: String, run: Run)], _ faults: [(text: String, fault: Fault)]
  ) -> Table {
    func rank(_ run: Run) -> (Double, Double) {
      let loss = run.history["train_loss"]?.values.last ?? .infinity
      return (-(run.best ?? -.infinity), loss.isNaN ? .infinity : loss)
    }
    let sorted = tried.sorted { rank($0.run) < rank($1.run) }
    let metric = tried.lazy.compactMap(\.run.keyMetric).first
    let rows = sorted.map { text, run in
      [
        text, run.best.map { PythonNumber.text(of: $0, decimals: 4) } ?? "",
        run.bestEpoch.map { "\($0)" } ?? "", run.loss ?? "",
        run.isInterrupted ? "interrupted" : session.display.isRepeatable ? "" : run.time,
      ]
    }
    let failed = faults.map { [$0.text, "", "", "", "failed: \($0.fault.message)"] }
    return Table(
      rows + failed, head: [path, "best \(metric ?? "")", "epoch", "train_loss", ""],
      right: [1, 2])
  }
}

/// Passes on everything but the log: of several trainings one line each is enough, and one live
/// display for them all, which names the one that it shows.
private struct WithoutLog: OutputSink {
  private let output: any OutputSink
  private let id: String
  private let name: String
  init(_ output: any OutputSink, id: String, name: String) {
    (self.output, self.id, self.name) = (output, id, name)
  }

  var isLive: Bool { output.isLive }
  var forms: Set<RichForm> { output.forms }
  func write(_ text: String, to channel: OutputChannel) {
    if case .log = channel { return }
    output.write(text, to: channel)
  }
  func show(_ shown: RichOutput, as role: OutputRole) {
    if case .live = role {
      var shown = shown
      shown.text = "\(name) · \(shown.text)"
      shown.html = shown.html.map { "<div>\(StyledHTML.escaped(name))</div>\($0)" }
      output.show(shown, as: .live(id: id))
    } else {
      output.show(shown, as: role)
    }
  }
}
