import Components
import Engine
import Script
import TestSupport
import Testing

@testable import Session

/// Bindings are relations; what acted is a value.
@Suite(.serialized) struct BindingTests {
  private func bare() -> BareSession { BareSession() }

  @Test func aRelationFollowsWhatItReads() throws {
    let bare = bare()
    #expect(try bare.type("rate = 2", "double = <rate> * 2", "rate = 5", "double") == "10")
    #expect(try bare.type("rate = rate * 2", "rate", "double") == "10\n20")
    #expect(try bare.type("fs = [lambda x: x + k for k in [1, 2]]", "fs[1](1)") == "3")
  }

  @Test func anActionIsNotRepeated() throws {
    let typed = try TypedSession()
    try typed.type("r = train(epochs=1)", "kept = {}", "kept[\"a\"] = r", "runs_ = []")
    try typed.type("runs_ += [train(epochs=1)]", "kept[\"b\"] = train(epochs=1)")
    #expect(
      try typed.type("r.epochs", "len(runs_)", "kept[\"b\"].epochs", "len(kept)") == "1\n1\n1\n2")
    #expect(try typed.trainer.state.epoch == 3)
    #expect(try typed.type("e = @trainer.state.epoch", "train(epochs=1);", "e").hasSuffix("\n4"))
    let fault = typed.fault("loss = DiceLoss(smooth_nr=train(epochs=1).best)")
    #expect(fault?.kind == .unsupported)
    #expect(try typed.trainer.state.epoch == 4)
  }

  @Test func theConfigIsTheOneOfNow() throws {
    let typed = try TypedSession()
    try typed.type("c = @conf", "@evaluator;", "learning_rate = 1e-3")
    #expect(try typed.type("c[\"learning_rate\"]") == "0.001")
    try typed.type("train(epochs=1);")
    let saved = try Checkpoint.read(typed.mmar.root + "/models/model.pt")
    #expect(saved.at("train_conf", "learning_rate")?.doubles == [1e-3])
  }

  @Test func anAliasIsTheObjectOfNow() throws {
    let typed = try TypedSession()
    try typed.type("b = @model", "b;", "train.model.channels = [4, 16]", "b;")
    #expect(try typed.object("b", in: .top) === typed.object("model"))
    try typed.type("train(epochs=1);", "b;")
    let weights = try typed.learned()
    try typed.type("b;")
    #expect(try typed.learned() == weights)
  }

  @Test func aLoopBindsAndBuildsAnewInEveryRound() throws {
    let typed = try TypedSession()
    try typed.type(
      """
      rates = []
      for rate in [1e-3, 5e-4]:
        learning_rate = rate
        rates += [train(epochs=1).lr[0]]

      """)
    #expect(try typed.type("rates") == "[0.001, 0.0005]")
  }

  @Test func aCircleIsRefusedWithItsSteps() throws {
    let bare = bare()
    try bare.type("a = 1", "b = <a> + 1")
    let fault = bare.fault("a = <b> * 2")
    #expect(fault?.kind == .cycle)
    #expect(fault?.message == "a → b → a is a circle: each needs the next to be built first")
    #expect(
      fault?.notes == ["a reads <b> at cell 3:1:5", "b reads <a> at cell 2:1:5"])
    #expect(try bare.type("b") == "2")

    let typed = try TypedSession()
    try typed.type("data_ = @train.dataset")
    let through = typed.fault("train.pre_transforms.ScaleIntensityRanged.a_max = len(<data_>)")
    #expect(through?.kind == .cycle)
    #expect(through?.notes.contains { $0.contains("config_train.json:") } == true)
    #expect(through?.notes.contains { $0.contains("cell 1:1:9") } == true)
  }

  @Test func aValueThatAComponentCannotTakeIsRefusedAtOnce() throws {
    let typed = try TypedSession()
    try typed.type("@optimizer;")
    let fault = typed.fault("learning_rate = -1")
    #expect(fault?.kind == .outOfRange)
    #expect(fault?.place?.source.hasSuffix("config_train.json") == true)
    #expect(fault?.notes == ["optimizer reads learning_rate, so it stays as it was"])
    #expect(try typed.type("learning_rate") == "0.0002")
  }

  @Test func aFailedRebuildKeepsTheOldObject() throws {
    let typed = try TypedSession()
    let model = try typed.object("model")
    try typed.type("train.model.channels = [4]")
    let first = typed.fault("@model")
    #expect(first?.message.contains("at least two levels") == true)
    #expect(first?.place?.source == "cell 1")
    #expect(typed.fault("@model") == first)
    #expect(typed.fault("train(epochs=1)") == first)
    let table = try typed.type("train").split(separator: "\n")
    #expect(table.contains { $0.hasPrefix("model") && $0.hasSuffix("failed") })
    try typed.type("undo()")
    #expect(try typed.object("model") === model)
  }

  @Test func aFailureIsNotRepeatedBeforeSomethingChanges() throws {
    let builds = Builds()
    let bench = Workbench(
      printer: Printer(),
      maker: { definition, _ in
        if case .list = definition.expression.form {
          builds.count += 1
          throw Fault(.invalid, "no")
        }
        return .int(1)
      }, heir: { _, _ in Workbench.Succession() })
    let session = BareSession()
    try session.type("a = 1")
    var bindings = session.session.bindings
    let span = Span(session.session.sources.add(name: "x", text: ""), 0, 0)
    func bindList(_ count: Int) {
      let items = (0..<count).map { _ in Expression(.name("a"), span) }
      bindings.bind("x", in: .top, Expression(.list(items), span), Provenance(.typed, span))
    }
    func read(_ revision: Int) {
      #expect(throws: Fault.self) {
        try bench.value(
          of: Node(.top, "x"), in: Workbench.Source(bindings: bindings, revision: revision))
      }
    }
    bindList(1)
    read(1)
    bench.beginTurn()
    read(1)
    #expect(builds.count == 1)
    bindList(2)
    read(2)
    #expect(builds.count == 2)
  }
}

/// Invariant: one test's thread.
private final class Builds: @unchecked Sendable { var count = 0 }
