import Components
import Script
import Testing

/// Assignments as a session makes them.
@Suite struct EditingTests {
  private let sources: SourceStore
  private var bindings: Bindings

  init() {
    sources = SourceStore()
    bindings =
      load(
        train(
          #""optimizer": {"name": "Adam", "args": {"lr": "{rate}"}}, "handlers": [{"name": "A"}, {"name": "B"}]"#,
          globals: "\"rate\": 0.1"), sources: sources
      ).bindings
  }

  private func parse(_ text: String) throws -> (Expression, Provenance) {
    let source = sources.add(name: "<input>", text: text)
    let syntax = EtudeSyntax(sources, names: ComponentNames(sampleCatalog))
    let expression = try syntax.parse(text, in: source, at: 0)
    return (expression, Provenance(.typed, expression.span))
  }

  private mutating func assign(_ path: String, _ text: String) throws {
    let (expression, provenance) = try parse(text)
    try bindings.assign(Path(dotted: path), expression, provenance)
  }

  private func text(_ path: String) throws -> String {
    let expression = try bindings.expression(at: Path(dotted: path))
    return Printer(names: ComponentNames(sampleCatalog)).text(expression)
  }

  @Test mutating func bareElementsBindInTheirSection() throws {
    try assign("model", "UNet()")
    try assign("evaluator", "UNet()")
    try assign("x", "3")
    #expect(bindings[.train, "model"] != nil)
    #expect(bindings[.validate, "evaluator"] != nil)
    #expect(bindings[.top, "x"] != nil)
  }

  @Test mutating func partsAreReplacedAndAdded() throws {
    try assign("train.optimizer.lr", "1e-3")
    try assign("train.optimizer.eps", "1e-8")
    try assign("train.handlers.B.rank", "0")
    try assign("train.optimizer.name", "\"SGD\"")
    #expect(try text("train.optimizer.lr") == "1e-3")
    #expect(try bindings.value(at: "train.optimizer.eps") == .double(1e-8))
    #expect(try text("train.handlers[1]") == #"{"name": "B", "args": {}, "rank": 0}"#)
    #expect(try text("train.optimizer").contains("\"SGD\""))
    #expect(bindings[.train, "optimizer"]?.hidden.map(\.provenance.kind) == [.config])
  }

  @Test mutating func entriesAreInsertedAppendedAndDeleted() throws {
    let (entry, provenance) = try parse("UNet()")
    let path = try Path(dotted: "train.handlers")
    try bindings.append([entry], to: path, provenance)
    try bindings.insert(entry, into: path, at: 0, provenance)
    try bindings.delete(Path(dotted: "train.handlers.B"), provenance)
    #expect(try text("train.handlers") == #"[UNet(), {"name": "A", "args": {}}, UNet()]"#)
    try bindings.delete(Path(dotted: "train.optimizer.lr"), provenance)
    #expect(try text("train.optimizer") == "Adam()")
    try bindings.delete(Path(dotted: "train.optimizer"), provenance)
    #expect(bindings[.train, "optimizer"] == nil)
  }

  @Test mutating func whatIsNotThereCannotBeReadOrDeleted() throws {
    let provenance = Provenance(.typed, Span(SourceID(0), 0, 0))
    for path in ["train.optimizer.lrr", "train.handlers.C", "train.nothing"] {
      let path = try Path(dotted: path)
      #expect(throws: Fault.self) { try bindings.expression(at: path) }
      var copy = bindings
      #expect(throws: Fault.self) { try copy.delete(path, provenance) }
    }
    let fault = try fault { _ = try text("train.optimizer.lrr") }
    #expect(fault.suggestion == "lr")
    #expect(fault.notes == ["it has lr"])
  }

  @Test mutating func stringsInTypedComponentsAreConfigStrings() throws {
    try assign(
      "train.loss", #"{"name": "L", "args": {"a": "{rate}", "b": r"{rate}", "c": "@model"}}"#)
    #expect(try text("train.loss.a") == "<rate>")
    #expect(try bindings.value(at: "train.loss.b") == .string("{rate}"))
    #expect(try text("train.loss.c") == "@model")
    try assign("name", "\"{rate}\"")
    #expect(try bindings.value(at: "name") == .string("{rate}"))
  }

  @Test mutating func aFlatConfigReplacesValidate() throws {
    try assign("validate.dataset", "Dataset()")
    let flat = load(#"{"rate": 0.5, "evaluator": {"name": "E"}}"#, sources: sources)
    bindings.replaceValidate(with: flat.bindings)
    #expect(bindings.names(in: .validate) == ["evaluator"])
    #expect(bindings.names(in: .train) == ["optimizer", "handlers"])
    #expect(try bindings.value(at: "rate") == .double(0.5))
    #expect(bindings.names(in: .top) == ["rate"])
  }

  @Test mutating func theMetricsOfOldConfigsBecomeTheTwoOfNewOnes() throws {
    try assign(
      "validate.metrics",
      #"[{"name": "Acc", "args": {}}, {"name": "Dice", "args": {}, "is_key_metric": True}]"#)
    #expect(bindings.names(in: .validate) == ["key_metric", "additional_metrics"])
    #expect(try text("validate.key_metric") == #"{"name": "Dice", "args": {}}"#)
    #expect(try text("validate.additional_metrics") == #"[{"name": "Acc", "args": {}}]"#)
  }
}
