import Components
import Script
import Testing

/// `disabled`, `rank` and lists of alternatives.
@Suite struct SelectionTests {
  private func handlers(_ flags: String, sets: [String] = []) -> Bindings {
    load(
      train(
        "\"handlers\": [{\"name\": \"A\", \(flags), \"args\": {\"x\": \"{NOWHERE}\"}}, {\"name\": \"B\"}]",
        globals: "\"off\": true"), sets: sets
    ).bindings
  }

  @Test(arguments: [
    "\"disabled\": true", "\"disabled\": \"{off}\"", "\"disabled\": \"true\"", "\"disabled\": 1",
    "\"rank\": 1",
  ])
  func leavesOutAndLooksAtNothingInside(flags: String) throws {
    let bindings = handlers(flags)
    let entries = try bindings.entries(of: "handlers", in: .train)
    #expect(entries.map(\.description) == ["train.handlers[1]"])
    #expect(bindings.graph.check().errors == [])
    #expect(bindings.unsetVariables.isEmpty)
    let whole = try bindings.text(of: Node(.train, "handlers"))
    #expect(whole == #"[{"name": "B", "args": {}}]"#)
  }

  @Test(arguments: [
    "\"disabled\": false", "\"disabled\": \"False\"", "\"rank\": 0", "\"disabled\": null",
  ])
  func keepsTheRest(flags: String) throws {
    let bindings = handlers(flags)
    #expect(try bindings.entries(of: "handlers", in: .train).count == 2)
    #expect(bindings.unsetVariables.map(\.name) == ["NOWHERE"])
  }

  @Test func warnsOfFlagsThatAreNoBooleans() {
    #expect(handlers("\"disabled\": \"true\"").graph.check().map(\.severity) == [.warning])
    let wrong = handlers("\"disabled\": \"maybe\"").graph.check()
    #expect(wrong.errors.map(\.message) == ["disabled is true or false"])
  }

  @Test func otherRanksKeepTheirOwn() throws {
    var bindings = handlers("\"rank\": 1")
    bindings.rank = 1
    #expect(try bindings.entries(of: "handlers", in: .train).count == 2)
  }

  private let alternatives = """
    {"dont_load_ts_model": false, "dont_load_ckpt_model": true,
     "model": [{"ts_path": "{TS}", "disabled": "{dont_load_ts_model}"},
               {"ckpt_path": "{MMAR_CKPT}", "disabled": "{dont_load_ckpt_model}"}],
     "evaluator": {"name": "SupervisedEvaluator", "args": {"network": "@model"}}}
    """

  @Test func theFirstEnabledAlternativeCounts() throws {
    let model = Node(.validate, "model")
    let first = load(alternatives).bindings
    #expect(try first.text(of: model).hasPrefix("{\"ts_path\": <TS>"))
    let second = load(
      alternatives,
      sets: ["dont_load_ts_model=True", "dont_load_ckpt_model=False", "MMAR_CKPT=m.pt"]
    ).bindings
    #expect(try second.text(of: model).hasPrefix("{\"ckpt_path\": <MMAR_CKPT>"))
    #expect(try second.dependencies(of: model).map(\.text).contains("<dont_load_ts_model>"))
  }

  @Test func noneEnabledSaysWhatToSet() throws {
    let bindings = load(alternatives, sets: ["dont_load_ts_model=True"]).bindings
    let fault = try fault { _ = try bindings.definition(of: Node(.validate, "model")) }
    #expect(fault.message == "every alternative of validate.model is disabled")
    #expect(
      fault.remedy
        == "--set dont_load_ts_model=True dont_load_ckpt_model=False MMAR_CKPT=<file>")
    #expect(bindings.graph.check().errors.first?.message == fault.message)
  }

  @Test func aReferenceToSomethingDisabledIsAnError() throws {
    let bindings = load(
      train(
        #""model": {"name": "UNet", "disabled": true}, "trainer": {"name": "T", "args": {"n": "@model"}}"#
      )
    ).bindings
    let fault = try #require(bindings.graph.check().errors.first)
    #expect(fault.message == "train.model is disabled")
    #expect(fault.remedy == "train.model.disabled = False")
  }
}
