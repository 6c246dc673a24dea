import Components
import Engine
import Foundation
import Script
import Testing

@testable import Session

/// `save` and `load`: what comes back is what was there.
@Suite struct SavingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func name(_ file: String) -> String { folder.path(file).quoted }

  @Test(arguments: ["config_train.json", "config_validation.json", "config_inference.json"])
  func loadSaveLoadIsTheIdentity(config: String) throws {
    let original = ExampleFile("config/\(config)").path
    let first = try SessionUnderTest(running: "load(\(original.quoted))")
    try first.run("save(\(name("a.json")))")
    #expect(try differences(original, folder.path("a.json")) == [])
    let environment = ExampleFile("config/environment.json").path.quoted
    let again = try SessionUnderTest(
      running: "load(\(name("a.json")), environment=\(environment), "
        + "root=\(ExampleFile("").path.quoted))")
    try again.run("save(\(name("b.json")))")
    #expect(
      try String(contentsOfFile: folder.path("a.json"), encoding: .utf8)
        == String(contentsOfFile: folder.path("b.json"), encoding: .utf8))
    try first.run("save(\(name("c.etude")))")
    let script = try SessionUnderTest(running: "load(\(name("c.etude")))")
    #expect(try script.trees() == first.trees())
  }

  @Test func environmentAndOptionsStayOutUnlessResolved() throws {
    let session = try SessionUnderTest(
      running: "load(\(ExampleFile("").path.quoted), set={\"epochs\": 7, \"amp\": False})")
    try session.run("save(\(name("plain.json")))\nsave(\(name("resolved.json")), resolved=True)")
    #expect(
      try differences(ExampleFile("config/config_train.json").path, folder.path("plain.json")) == []
    )
    let resolved = try String(contentsOfFile: folder.path("resolved.json"), encoding: .utf8)
    #expect(resolved.contains("\"epochs\": 7") && resolved.contains("\"lr\": 0.0002"))
    #expect(!resolved.contains("{learning_rate}"))
  }

  @Test func aFileIsReplacedOnlyWhenAskedTo() throws {
    let session = try SessionUnderTest(
      running: "loss = DiceLoss(softmax=True)\nepochs = 3\nsave(\(name("a.json")))")
    try session.run("train.loss.softmax = False; epochs = 4")
    let fault = try session.fault("save(\(name("a.json")))")
    #expect(fault.kind == .file)
    #expect(fault.notes == ["epochs: 3 → 4", "train.loss.args.softmax: true → false"])
    #expect(fault.remedy == "save(\(name("a.json")), overwrite=True)")
    #expect(
      try session.shows("save(\(name("a.json")), overwrite=True)").contains("epochs: 3 → 4"))
    #expect(
      try session.shows("save(\(name("a.json")), overwrite=True)").contains("nothing in it changed")
    )
  }

  @Test func savingRunsNothing() throws {
    let session = try SessionUnderTest(
      running: """
        set_seed(0)
        n = int(rand(1).item() * 100)
        r = rand(2)
        def twice(x): return 2 * x  # as it was
        y = twice(n)
        """)
    #expect(try session.shows("n").contains("49"))
    try session.run("save(\(name("a.json")))\nsave(\(name("a.etude")))")
    let notes = try session.shows("save(\(name("b.json")))")
    #expect(notes.contains("JSON cannot hold r; it is left out"))
    #expect(
      try String(contentsOfFile: folder.path("a.etude"), encoding: .utf8) == """
        n = 49
        def twice(x): return 2 * x  # as it was
        y = twice(n)

        """)
    let again = try SessionUnderTest(running: "load(\(name("a.etude")))")
    #expect(try again.shows("y").contains("98"))
    // The next number of the stream is the one after those that were drawn.
    #expect(try session.shows("rand(1).item()") == "0.13203048706054688")
  }

  @Test func whatJSONCannotSayIsWrittenAsItsValue() throws {
    let session = try SessionUnderTest(
      running: """
        learning_rate = 0.5
        model = UNet(spatial_dims=2, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])
        optimizer = Adam(params=@model.parameters(), lr=<learning_rate> * 10)
        """)
    #expect(
      try session.shows("save(\(name("a.json")))")
        .contains("JSON cannot hold <learning_rate> * 10; its value is written"))
    #expect(
      try String(contentsOfFile: folder.path("a.json"), encoding: .utf8).contains("\"lr\": 5.0"))
    #expect(
      try String(contentsOfFile: folder.path("a.json"), encoding: .utf8)
        .contains("\"params\": \"#@model.parameters()\""))
  }

  private static let model = """
    model = UNet(spatial_dims=2, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])

    """

  @Test(arguments: ["w.pt", "w.safetensors"])
  func weightsComeBack(file: String) throws {
    let first = try SessionUnderTest(running: "set_seed(1)\n" + Self.model)
    try first.run("save(\(name(file)))")
    let second = try SessionUnderTest(running: "set_seed(2)\n" + Self.model)
    let look = "x = ones(1, 1, 8, 8); y = @model(x); y.abs().sum().item()"
    let wanted = try first.shows(look)
    #expect(try second.shows(look) != wanted)
    #expect(try second.shows("load(\(name(file)))").contains("tensors) into @train.model"))
    #expect(try second.shows(look) == wanted)
    let other = try SessionUnderTest(
      running: "model = UNet(spatial_dims=2, in_channels=1, out_channels=3, channels=[4, 8], "
        + "strides=[2])")
    #expect(try other.fault("load(\(name(file)))").kind == .state)
    #expect(
      try other.shows("load(\(name(file)), strict=False)").contains("not taken: "))
    #expect(try first.fault("save(\(name(file)))").message.hasSuffix("exists"))
  }

  @Test func aSavedCheckpointDescribesItsNetwork() throws {
    let first = try SessionUnderTest(running: "set_seed(1)\n" + Self.model)
    try first.run("save(\(name("w.pt")))")
    let second = try SessionUnderTest(running: "model = {\"ckpt_path\": \(name("w.pt"))}")
    let look = "x = ones(1, 1, 8, 8); y = @model(x); y.abs().sum().item()"
    #expect(try second.shows(look) == first.shows(look))
    #expect(
      try SessionUnderTest().fault("load(\(name("w.pt")))").remedy
        == "model = {\"ckpt_path\": \"\(folder.path("w.pt"))\"}")
  }

  @Test(arguments: [
    ("save(\"a\")", "the end of the name says what is saved"),
    ("save(\"a.ts\")", "TorchScript archives are neither read nor written yet"),
    ("load(\"a.yaml\")", "YAML configs are neither read nor written yet"),
    ("save(\"a.json\", 3)", "what is for weights; a config is the whole session"),
    ("save(\"a.etude\", resolved=True)", "resolved is for configs"),
    ("load(\"a.etude\", set={\"x\": 1})", "environment, root and set belong to configs"),
    ("save(\"a.pt\", print)", "wrong type"),
    ("save(\"a.safetensors\", [1])", "a .safetensors file holds tensors by name"),
  ])
  func whatCannotBeIsSaid(line: String, message: String) throws {
    #expect(try SessionUnderTest().fault(line).message == message)
  }

  @Test func aScriptThatDoesNotParseChangesNothing() throws {
    try "x = 1\ny = (\n".write(
      toFile: folder.path("bad.etude"), atomically: true, encoding: .utf8)
    let session = try SessionUnderTest(running: "x = 5")
    #expect(try session.fault("load(\(name("bad.etude")))").kind == .syntax)
    #expect(try session.shows("x") == "5")
  }

  @Test func unsetVariablesAreNoneWhenAskedFor() throws {
    try #"{"train": {"loss": {"name": "DiceLoss", "args": {"softmax": true, "batch": "{B}"}}}}"#
      .write(toFile: folder.path("a.json"), atomically: true, encoding: .utf8)
    let session = try SessionUnderTest()
    #expect(try session.shows("load(\(name("a.json")))").contains("needs B: set them as lines"))
    #expect(try session.shows("load(\(name("a.json")), strict=False)").contains("B is not set"))
    #expect(try session.shows("train.loss.batch is None") == "True")
  }

  /// Saved beside the MMAR, the config still finds the environment of the MMAR it is trained in.
  @Test func aConfigSavedFromASessionTrains() throws {
    let mmar = try SmallMMAR()
    let session = try SessionUnderTest(running: "load(\(mmar.root.quoted))")
    try session.run(
      """
      train.optimizer.lr = 1e-3
      del train.handlers.LrScheduleHandler
      insert(train.pre_transforms, 5, RandFlipd(keys=["image", "label"], prob=0.5))
      save(\((mmar.root + "/mine.json").quoted))
      """)
    let screen = try mmar.train(config: mmar.root + "/mine.json")
    #expect(screen.text.contains("run 1: 1 epoch"))
    let saved = try String(
      contentsOfFile: mmar.root + "/models/resolved_config.json", encoding: .utf8)
    #expect(saved.contains("RandFlipd") && saved.contains("1e-3"))
  }

  @Test func aPastedConfigIsLoaded() throws {
    let session = try SessionUnderTest()
    let screen = try session.shows(
      """
      x = 1
      {
        "epochs": 3, "learning_rate": 1e-3,
        "train": {
          "loss": {"name": "DiceLoss", "args": {"softmax": true}},
          "metrics": [{"name": "Accuracy", "is_key_metric": true}]
        }
      }
      epochs * 2
      """)
    #expect(screen.contains("loaded the pasted config (2 variables); nothing built yet\n6"))
    #expect(try session.shows("train.key_metric") == "Accuracy()")
    let fault = try session.fault("\n{\"train\": {\"loss\": {\"name\": \"DiceLoss\"},,}}")
    #expect(fault.kind == .syntax)
  }
}
