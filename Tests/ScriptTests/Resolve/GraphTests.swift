import Components
import Script
import Testing

@Suite struct GraphTests {
  private let config = train(
    """
    "optimizer": {"name": "Adam", "args": {"params": "#@model.parameters()", "lr": "{rate}"}},
    "lr_scheduler": {"name": "StepLR", "args": {"optimizer": "@optimizer"}},
    "model": {"name": "UNet", "args": {"inner": {"name": "UNet", "args": {"width": "{width}"}}}},
    "pre_transforms": [{"name": "LoadImaged"}, {"name": "B", "disabled": "{off}", "args": {"p": "{rate}"}}],
    "handlers": [{"name": "S", "args": {"save": {"model": "@model", "conf": "@conf"}, "f": "lambda x: x"}}]
    """,
    validate: """
      "pre_transforms": [{"ref": "LoadImaged"}],
      "evaluator": {"name": "E", "args": {"network": "@model", "t": "@pre_transforms"}}
      """, globals: "\"rate\": 0.1, \"width\": 8, \"off\": false")

  private func order(_ bindings: Bindings, _ nodes: Node...) throws -> [String] {
    try bindings.buildOrder(for: nodes).map(\.description)
  }

  @Test func buildsWhatIsNeededFirst() throws {
    let bindings = load(config).bindings
    #expect(
      try order(bindings, Node(.train, "lr_scheduler")) == [
        "width", "train.model.inner", "train.model", "rate", "train.optimizer",
        "train.lr_scheduler",
      ])
    #expect(
      try order(bindings, Node(.validate, "evaluator")) == [
        "width", "train.model.inner", "train.model", "validate.pre_transforms[0]",
        "validate.pre_transforms", "validate.evaluator",
      ])
  }

  @Test func everyReadIsADependencyWithItsPlace() throws {
    let sources = SourceStore()
    let bindings = load(config, sources: sources).bindings
    let found = try bindings.dependencies(of: Node(.train, "optimizer"))
    #expect(found.map(\.text) == ["@model", "<rate>"])
    #expect(sources.place(found[0].span).column == 102)
    let entry = Node(.train, Path([.name("handlers"), .index(0)]))
    #expect(try bindings.dependencies(of: entry).map(\.node.description) == ["train.model"])
    let ref = Node(.validate, Path([.name("pre_transforms"), .index(0)]))
    let edge = try #require(bindings.dependencies(of: ref).first)
    #expect(edge.kind == .definition && edge.node.description == "train.pre_transforms[0]")
  }

  /// What is rebuilt after each change, in order.
  @Test(arguments: [
    (
      "rate",
      [
        "train.optimizer", "train.lr_scheduler", "train.pre_transforms[1]", "train.pre_transforms",
      ]
    ),
    (
      "width",
      [
        "train.model.inner", "train.model", "train.optimizer", "train.lr_scheduler",
        "train.handlers[0]", "train.handlers", "validate.evaluator",
      ]
    ),
    ("off", ["train.pre_transforms"]),
    (
      "train.pre_transforms",
      [
        "validate.pre_transforms[0]", "validate.pre_transforms", "validate.evaluator",
      ]
    ),
    ("train.lr_scheduler", []),
  ])
  func dependentsAreInTheOrderToRebuild(changed: String, stale: [String]) throws {
    let bindings = load(config).bindings
    let target = try bindings.target(of: Path(dotted: changed))
    #expect(bindings.dependents(of: target.node).map(\.description) == stale)
  }

  @Test func readersAreNamedForARefusedDeletion() throws {
    let bindings = load(config).bindings
    let readers = bindings.readers(of: Node(.train, "optimizer"))
    #expect(readers.map(\.reader.description) == ["train.lr_scheduler"])
    #expect(readers.map(\.dependency.text) == ["@optimizer"])
    #expect(bindings.readers(of: Node(.train, "model")).count == 3)
  }

  @Test func aCircleShowsEveryStepWithItsPlace() throws {
    let bindings = load(
      train(
        """
        "model": {"name": "UNet", "args": {"x": "@loss"}},
        "loss": {"name": "L", "args": {"y": ["@dataset"]}},
        "dataset": {"name": "Dataset", "args": {"z": {"k": "#f(@model)"}}}
        """)
    ).bindings
    let fault = try fault { _ = try order(bindings, Node(.train, "model")) }
    #expect(fault.kind == .cycle)
    #expect(
      fault.message
        == "train.model → train.loss → train.dataset → train.model is a circle: "
        + "each needs the next to be built first")
    #expect(
      fault.notes == [
        "train.model reads @loss at config_train.json:1:53",
        "train.loss reads @dataset at config_train.json:2:39",
        "train.dataset reads @model at config_train.json:3:56",
      ])
    #expect(bindings.graph.check().errors.map(\.kind) == [.cycle])
  }

  @Test func aComponentThatReadsItselfIsACircle() throws {
    let bindings = load(train(#""model": {"name": "UNet", "args": {"x": "@model"}}"#)).bindings
    #expect(try fault { _ = try order(bindings, Node(.train, "model")) }.kind == .cycle)
  }

  @Test func variablesThatReadEachOtherAreACircle() throws {
    let sources = SourceStore()
    var bindings = load("{}", sources: sources).bindings
    for (name, other) in [("a", "b"), ("b", "a")] {
      let source = sources.add(name: "<input>", text: "<\(other)>")
      let span = Span(source, 0, 3)
      bindings.bind(name, in: .top, Expression(.variable(other), span), Provenance(.typed, span))
    }
    #expect(try fault { _ = try bindings.value(at: "a") }.kind == .cycle)
    #expect(try fault { _ = try order(bindings, Node(.top, "a")) }.kind == .cycle)
  }

  @Test func parametersAndLoopVariablesAreNoDependencies() throws {
    let bindings = load(
      train(
        #""loss": {"name": "L", "args": {"f": "lambda rate: rate", "g": "lambda x: [rate for rate in x]", "h": "lambda x: rate"}}"#,
        globals: "\"rate\": 1")
    ).bindings
    #expect(try bindings.dependencies(of: Node(.train, "loss")).count == 1)
  }

  @Test func checkReportsEveryMistakeOnce() {
    let bindings = load(
      train(
        """
        "loss": {"name": "L", "args": {"a": "{nope}", "b": "@nothing", "c": "#f("}},
        "model": {"name": "L", "args": {"a": "{nope}", "b": "{other}"}}
        """)
    ).bindings
    #expect(
      bindings.graph.check().map(\.fault.message).sorted().prefix(2) == [
        "no variable is called 'nope'", "no variable is called 'other'",
      ])
    #expect(bindings.graph.check().count == 3)
  }
}
