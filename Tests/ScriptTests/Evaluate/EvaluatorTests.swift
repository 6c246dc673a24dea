import Components
import Foundation
import Script
import Synchronization
import Testing

@Suite struct EvaluatorTests {
  private func run(_ text: String, values: [String: Value] = [:]) throws -> TestWorkspace {
    let sources = SourceStore()
    let workspace = TestWorkspace(sources, values: values)
    let source = sources.add(name: "test", text: text)
    try Evaluator(workspace: workspace, sources: sources, context: workspace.context())
      .run(try Parser.script(source, in: sources, names: TestWorkspace.names))
    return workspace
  }

  @Test func aFaultCarriesThePlaceOfTheInnermostExpression() {
    let place = fault("[1, 2 + len(3), 4]")?.place
    #expect(place?.column == 9)
    #expect(place?.length == 6)
    #expect(fault("f\"{a} {1 / 0}\"", values: ["a": .int(1)])?.place?.column == 8)
    #expect(fault("(lambda x: x / 0)(1)")?.place?.column == 12)
  }

  @Test func loopVariablesAreWrittenIntoBindings() throws {
    let workspace = try run("for lr in [1e-3, 2e-4]:\n    train.optimizer = Adam(lr=lr)\n")
    #expect(
      workspace.everything.bound == [
        "train.optimizer = Adam(lr=0.001)", "train.optimizer = Adam(lr=0.0002)",
      ])
  }

  @Test func bindingsArriveAsTrees() throws {
    let workspace = try run("lr = 1e-3\ntrain:\n    model = UNet(lr=lr)\n")
    #expect(workspace.everything.bound == ["lr = 1e-3", "train.model = UNet(lr=lr)"])
  }

  @Test func actionsAreNoticed() throws {
    let action = Value.function(NativeFunction("train", effect: .action) { _, _ in .int(1) })
    for (text, expected) in [
      ("train()", true), ("len([1])", false), ("[train() for i in [1]]", true),
      ("(lambda: train())()", true), ("lambda: train()", false),
    ] {
      let sources = SourceStore()
      let source = sources.add(name: "test", text: text)
      let workspace = TestWorkspace(sources, values: ["train": action])
      let evaluator = Evaluator(scope: workspace, sources: sources, context: workspace.context())
      _ = try evaluator.value(
        of: try Parser.expression(text, at: TextOrigin(source), in: sources))
      #expect(evaluator.performedAction == expected, "\(text)")
    }
  }

  /// Outputs as configs of 4.0 read them: one dict of the batch.
  @Test func aKeyOfAListOfSamplesIsAColumn() throws {
    let samples = Value.list(
      [1, 2].map { number in
        .object(
          TestSample(["pred": .int(number), "loss": .double(0.5), "id": .double(Double(number))]))
      })
    #expect(
      try evaluate("[x['pred'], x['loss'], x['id'], x[0]['pred']]", values: ["x": samples])
        == .list([
          .list([.int(1), .int(2)]), .double(0.5), .list([.double(1), .double(2)]), .int(1),
        ]))
    #expect(fault("x['pred']", values: ["x": .list([.int(1)])])?.kind == .wrongType)
    #expect(fault("x['label']", values: ["x": samples]) != nil)
  }

  @Test func printWritesToTheSink() throws {
    let workspace = try run("print(1, \"a\", sep=\"-\")\nprint()\nprint([None], end=\"\")")
    #expect(workspace.sink.text == "1-a\n\n[None]")
  }

  @Test func aLambdaMayBeCalledFromManyThreads() async throws {
    let value = try evaluate(
      "lambda x: sum([x + k for k in ks])", values: ["ks": .list([.int(1), .int(2)])])
    guard case .function(let function) = value else {
      Issue.record("no function")
      return
    }
    let sums = try await withThrowingTaskGroup(of: Value.self) { group in
      for number in 0..<100 {
        group.addTask {
          let context = CallContext(
            output: TestSink(), cancellation: Cancellation(), budget: StepBudget(steps: 100))
          return try function.call(Arguments([.int(number)]), context)
        }
      }
      return try await group.reduce(into: [Value]()) { $0.append($1) }
    }
    #expect(Set(sums.compactMap { if case .int(let sum) = $0 { sum } else { nil } }).count == 100)
  }

  @Test func theEngineGivesEachCallABudgetOfItsOwn() throws {
    guard case .function(let function) = try evaluate("lambda x: x + 1") else { return }
    let context = CallContext(
      output: TestSink(), cancellation: Cancellation(), budget: StepBudget(steps: 10))
    for _ in 0..<100 { #expect(try function.call(Arguments([.int(1)]), context) == .int(2)) }
  }

  @Test func interruptionStopsALoopButNotAFunctionOfTheEngine() throws {
    let sources = SourceStore()
    let workspace = TestWorkspace(sources)
    let source = sources.add(name: "test", text: "for i in range(10): i")
    workspace.cancellation.request()
    let fault = try #require(throws: Fault.self) {
      try Evaluator(workspace: workspace, sources: sources, context: workspace.context())
        .run(try Parser.script(source, in: sources))
    }
    #expect(fault.kind == .interrupted)
    guard case .function(let function) = try evaluate("lambda xs: [x for x in xs]") else { return }
    #expect(
      try function.call(Arguments([.list([.int(1)])]), workspace.context()) == .list([.int(1)]))
  }

  /// Before anything is made that no machine has room for.
  @Test(arguments: ["[0]*10**12", "\"a\"*2**40", "9**9**9", "(1,)*10**18", "range(10**18)"])
  func limitsFailBeforeTheWork(text: String) {
    #expect([.limit, .numeric].contains(fault(text)?.kind))
  }

  /// The deepest tree that the parser lets through is evaluated on a thread with a small stack.
  @Test func deepTreesFitASmallStack() async throws {
    let result = Mutex<Int?>(nil)
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      let depth = Parser.maximumDepth - 5
      let text =
        String(repeating: "abs(", count: depth) + "1" + String(repeating: ")", count: depth)
      let chain = "1" + String(repeating: " + 1", count: Parser.maximumHeight - 5)
      if let first = try? evaluate(text), let second = try? evaluate(chain),
        case (.int(let a), .int(let b)) = (first, second)
      {
        result.withLock { $0 = a + b }
      }
      done.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        done.wait()
        continuation.resume()
      }
    }
    #expect(result.withLock { $0 } == 1 + Parser.maximumHeight - 4)
  }

  @Test func functionsThatCallEachOtherEnd() throws {
    var text = "f = lambda x: x\n"
    text += "for i in range(150):\n    f = lambda x: f(x) + 1\n"
    let workspace = try run(text + "y = f(0)")
    #expect(workspace.state.withLock { $0.values["y"] } == .int(150))
  }
}
