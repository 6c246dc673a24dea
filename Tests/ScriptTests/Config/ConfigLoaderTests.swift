import Components
import Foundation
import Script
import Testing

@Suite struct ConfigLoaderTests {
  private let globals = "\"epochs\": 10, \"learning_rate\": 2e-4"
  private let optimizer = #""optimizer": {"name": "Adam", "args": {"lr": "{learning_rate}"}}"#

  @Test func optionsWinOverEnvironmentOverConfig() throws {
    let loaded = load(
      train(optimizer, globals: "\"a\": 1, \"b\": 1, \"c\": 1"),
      environment: #"{"b": 2, "c": 2, "d": [1]}"#, sets: ["c=3", "c=4"])
    let names = ["a", "b", "c"]
    #expect(try names.map { try loaded.bindings.value(at: $0) } == [.int(1), .int(2), .int(4)])
    #expect(loaded.variables["c"]?.provenance.kind == .commandLine)
    #expect(loaded.variables.layers(of: "c").map(\.value) == [.int(1), .int(2), .int(3), .int(4)])
    #expect(try loaded.bindings.value(at: "d") == .list([.int(1)]))
    let hidden = try #require(loaded.bindings[.top, "c"]?.hidden)
    #expect(hidden.map(\.provenance.kind) == [.config, .environment])
  }

  @Test func provenanceHasLineAndColumn() throws {
    let sources = SourceStore()
    let loaded = load("{\n  \"epochs\": 3}", environment: "{\n \"A\":\n  5}", sources: sources)
    let epochs = sources.place(try #require(loaded.variables["epochs"]).provenance.span)
    #expect((epochs.source, epochs.line, epochs.column) == ("config_train.json", 2, 13))
    let a = sources.place(try #require(loaded.variables["A"]).provenance.span)
    #expect((a.source, a.line, a.column) == ("environment.json", 3, 3))
  }

  @Test func mmarPathsAreJoinedToTheRoot() throws {
    let loaded = load(
      "{\"MMAR_X\": \"x\"}",
      environment:
        #"{"MMAR_CKPT_DIR": "models", "MMAR_CKPT": "/abs/m.pt", "DATA_ROOT": "data", "MMAR_E": ""}"#,
      root: "/mmar", sets: ["MMAR_EVAL_OUTPUT_PATH=eval"])
    let names = [
      "MMAR_X", "MMAR_CKPT_DIR", "MMAR_CKPT", "DATA_ROOT", "MMAR_E", "MMAR_EVAL_OUTPUT_PATH",
    ]
    #expect(
      try names.map { try loaded.bindings.value(at: $0).description }
        == ["'x'", "'/mmar/models'", "'/abs/m.pt'", "'data'", "''", "'/mmar/eval'"])
  }

  @Test func placeholdersKeepTheirTypeAndTextsJoin() throws {
    let loaded = load(
      train(
        #""loss": {"name": "L", "args": {"a": "{epochs}", "b": "{DIR}/e{epochs}", "c": "{b}{{}}"}}"#,
        globals: globals + ", \"b\": true"), environment: #"{"DIR": "{epochs}"}"#)
    let paths = ["train.loss.a", "train.loss.b", "train.loss.c"]
    // A substituted text is not read again.
    #expect(
      try paths.map { try loaded.bindings.value(at: $0) }
        == [.int(10), .string("{epochs}/e10"), .string("True{}")])
  }

  @Test func unknownVariablesAreErrorsOfWhatReadsThem() throws {
    let loaded = load(
      train(optimizer + #", "loss": {"name": "L", "args": {"a": "{epohcs}"}}"#, globals: globals))
    #expect(loaded.findings == [])
    #expect(loaded.bindings.unsetVariables.map(\.name) == ["epohcs"])
    let fault = try fault { _ = try loaded.bindings.value(at: "train.loss.a") }
    #expect(fault.suggestion == "epochs")
    #expect(fault.notes.first?.contains("environment.json") == true)
    #expect(fault.place?.line == 1)
  }

  @Test func optionsReachIntoComponents() throws {
    let loaded = load(
      train(
        optimizer + """
          , "model": {"name": "UNet", "args": {"channels": [1]}},
          "pre_transforms": [{"name": "LoadImaged#x", "args": {}}, {"name": "B"}, {"name": "B"}]
          """, globals: globals + ", \"determinism\": {\"random_seed\": 0}"),
      sets: [
        "train.model.channels=[8,16,32]", "train.pre_transforms.LoadImaged.disabled=True",
        "train.pre_transforms[1].prob=0.5", "train.pre_transforms.#3.prob=0.7",
        "train.optimizer.args.lr=1e-3", "optimizer.eps=1e-6", "determinism.random_seed=7",
        "train.loss={\"name\": \"DiceLoss\"}",
      ])
    let bindings = loaded.bindings
    #expect(loaded.findings.errors == [])
    #expect(try bindings.value(at: "train.model.channels") == .list([.int(8), .int(16), .int(32)]))
    #expect(try bindings.value(at: "train.pre_transforms.x.disabled") == .bool(true))
    #expect(try bindings.value(at: "train.pre_transforms[1].prob") == .double(0.5))
    #expect(try bindings.value(at: "train.pre_transforms[-1].prob") == .double(0.7))
    #expect(try bindings.value(at: "train.optimizer.lr") == .double(1e-3))
    #expect(try bindings.value(at: "train.optimizer.eps") == .double(1e-6))
    #expect(try RunSettings(bindings).randomSeed == 7)
    #expect(try bindings.text(of: Node(.train, "loss")) == #"{"name": "DiceLoss", "args": {}}"#)
    #expect(bindings[.train, "model"]?.hidden.map(\.provenance.kind) == [.config])
  }

  @Test(arguments: [
    ("train.optimizr.lr=1", "train has no 'optimizr'", "optimizer"),
    ("train.optimizer.lr.x=1", "train.optimizer.lr has no 'x'", nil),
    (
      "train.pre_transforms.LoadImage.keys=1", "train.pre_transforms has no 'LoadImage'",
      "LoadImaged"
    ),
    ("train.pre_transforms[4].keys=1", "train.pre_transforms has 3 entries", nil),
    ("train.pre_transforms.B.keys=1", "train.pre_transforms has 2 entries called 'B'", nil),
  ])
  func pathsThatLeadNowhereSayWhatThereIs(set: String, message: String, near: String?) throws {
    let loaded = load(
      train(
        optimizer + #", "pre_transforms": [{"name": "LoadImaged"}, {"name": "B"}, {"name": "B"}]"#,
        globals: globals), sets: [set])
    let fault = try #require(loaded.findings.errors.first)
    #expect(fault.message == message)
    #expect(fault.suggestion == near)
    #expect(fault.place?.source == "--set")
    #expect(!fault.notes.isEmpty || fault.wanted != nil || fault.got != nil)
  }

  @Test func anOptionNothingReadsIsAWarning() throws {
    let loaded = load(
      train(optimizer, globals: globals),
      sets: ["learnin_rate=1", "amp=True", "0", "print_conf=True"])
    #expect(loaded.messages(.warning) == ["--set needs name=value", "nothing reads learnin_rate"])
    #expect(loaded.findings.last?.fault.suggestion == "learning_rate")
  }

  @Test func brokenFilesBindNothing() {
    let loaded = load("{\"epochs\": 1,}")
    #expect(!loaded.isReadable)
    #expect(loaded.bindings.names(in: .top).isEmpty)
    #expect(load("[]").messages(.error) == ["a config is one object of names and values"])
    #expect(!load("{}", environment: "{a}").isReadable)
  }

  @Test func flatConfigsGoIntoValidate() throws {
    let loaded = load(
      #"{"amp": true, "dataset": {"name": "Dataset"}, "model": [{"ts_path": "{T}"}], "mine": [1]}"#,
      sets: ["dataset.shuffled=True", "model.ts_path=m.ts"])
    #expect(loaded.kind == .flat)
    #expect(loaded.findings.errors == [])
    #expect(loaded.bindings.names(in: .validate) == ["dataset", "model"])
    #expect(loaded.bindings.names(in: .top) == ["amp", "mine"])
    #expect(try loaded.bindings.value(at: "validate.dataset.shuffled") == .bool(true))
    #expect(try loaded.bindings.value(at: "validate.model.ts_path") == .string("m.ts"))
  }

  @Test(arguments: [
    (#""los": {"name": "L"}"#, Finding.Severity.error, "train has no element 'los'"),
    (#""banana": {"name": "L"}"#, .warning, "train has no element 'banana'"),
    (#""handlers": {"name": "L"}"#, .error, "handlers is a list of components"),
    (#""image_pipeline": {}"#, .error, "this is a config of Clara 3, which ran on TensorFlow"),
  ])
  func oddElementsAreFindings(elements: String, severity: Finding.Severity, message: String) {
    #expect(load(train(elements)).messages(severity).contains(message))
  }

  @Test func searchesOfAutoMLAreData() {
    let loaded = load(
      train(
        """
        "pre_transforms": [
          {"name": "A", "apply": {"@disabled": "x"}, "search": [{"args": ["@disabled", "{y}"]}]}]
        """, globals: "\"search\": [{\"args\": [\"@x\"]}]"))
    #expect(loaded.findings + loaded.bindings.graph.check() == [])
  }

  @Test func nothingToRunIsAWarning() throws {
    let loaded = load(#"{"training": [], "name": "Spleen"}"#)
    #expect(loaded.messages(.warning) == ["there is nothing to run in this config"])
    #expect(loaded.findings.first?.fault.notes == ["it has training, name"])
  }

  @Test func bundlesAreNamed() {
    let loaded = load(#"{"device": "cpu", "net": {"_target_": "UNet"}}"#)
    #expect(loaded.messages(.error) == ["this is a MONAI bundle config, not a Clara one"])
  }

  @Test func findsTheFilesOfAnMMAR() throws {
    let root = FileManager.default.temporaryDirectory.path + "/etude-\(UUID().uuidString)"
    let config = root + "/config"
    try FileManager.default.createDirectory(atPath: config, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    try "\u{FEFF}{\"train\": {}}".write(
      toFile: config + "/config_train.json", atomically: true, encoding: .utf8)
    try "{\"MMAR_CKPT_DIR\": \"models\"}".write(
      toFile: config + "/environment.json", atomically: true, encoding: .utf8)
    let loader = ConfigLoader(sources: SourceStore(), catalog: sampleCatalog)
    for path in [root, root + "/", config + "/config_train.json"] {
      let loaded = try loader.load(path: path)
      #expect(loaded.location?.root == root)
      #expect(try loaded.bindings.value(at: "MMAR_CKPT_DIR") == .string(root + "/models"))
      #expect(
        loaded.messages(.warning) == ["the file begins with a byte order mark, which was skipped"])
    }
    let relative = try loader.load(path: "config/config_train.json", root: root)
    #expect(relative.location?.environment == config + "/environment.json")
    let fault = try fault { _ = try loader.load(path: config + "/config_tran.json") }
    #expect(fault.suggestion == config + "/config_train.json")
    try Data([0x7B, 0xFF, 0x7D]).write(to: URL(fileURLWithPath: config + "/latin.json"))
    let broken = try loader.load(path: config + "/latin.json")
    #expect(broken.findings.errors.first?.message == "this byte is not UTF-8")
    #expect(broken.findings.errors.first?.place?.column == 2)
  }
}
