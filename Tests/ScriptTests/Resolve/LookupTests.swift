import Components
import Script
import Testing

@Suite struct LookupTests {
  private let bindings = load(
    train(
      #""model": {"name": "UNet"}, "dataset": {"name": "Dataset"}, "handlers": [{"name": "A"}, {"name": "B#b"}, {"name": "B"}]"#,
      validate: #""dataset": {"name": "Dataset"}, "evaluator": {"name": "E"}"#,
      globals: "\"epochs\": 1")
  ).bindings

  private func resolve(_ path: String, from section: Section) throws -> String {
    let span = Span(SourceID(0), 0, 1)
    switch try bindings.resolve(Path(dotted: path), from: section, at: span) {
    case .configuration: return "conf"
    case .object(let node, let rest): return "\(node)" + (rest.isEmpty ? "" : " + \(Path(rest))")
    }
  }

  @Test(arguments: [
    ("dataset", Section.train, "train.dataset"), ("dataset", .validate, "validate.dataset"),
    ("dataset", .top, "train.dataset"), ("model", .validate, "train.model"),
    ("evaluator", .train, "validate.evaluator"), ("validate.dataset", .train, "validate.dataset"),
    ("handlers[0]", .train, "train.handlers[0]"), ("handlers[-1]", .train, "train.handlers[2]"),
    ("handlers.b", .validate, "train.handlers[1]"), ("conf", .train, "conf"),
    ("model.weights", .train, "train.model + weights"),
  ])
  func ownSectionThenTopThenTheOther(path: String, section: Section, expected: String) throws {
    #expect(try resolve(path, from: section) == expected)
  }

  @Test(arguments: [
    ("modle", "nothing is called 'modle'", "model"),
    ("train.evaluator", "train has no 'evaluator'", nil),
    ("handlers.B", "train.handlers has 2 entries called 'B'", nil),
    ("handlers.Zebra", "train.handlers has no 'Zebra'", nil),
    ("handlers[3]", "train.handlers has 3 entries", nil),
    ("epochs", "epochs is a variable, not an object", nil),
    ("train", "train is a section, not an object", nil),
  ])
  func wrongNamesSayWhatThereIs(path: String, message: String, near: String?) throws {
    let fault = try fault { _ = try resolve(path, from: .train) }
    #expect(fault.message == message)
    #expect(fault.suggestion == near)
    #expect(fault.place != nil)
  }

  @Test func askingAVariableOfAComponentSaysHowToWriteIt() throws {
    let span = Span(SourceID(0), 0, 1)
    let fault = try fault { _ = try bindings.variable("model", at: span, from: .train) }
    #expect(fault.message == "model is a component, not a variable")
    #expect(fault.remedy == "@model")
  }
}
