import Components
import Foundation
import Script
import Testing

/// The two configs of the examples, from file to graph.
@Suite struct SpleenConfigTests {
  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("examples/spleen/config").path
  private let data = ["DATASET_JSON=d.json", "DATA_ROOT=/data", "VAL_DATALIST_KEY=validation"]
  private let training = [
    "TRAIN_DATALIST_KEY=training", "INPUT_CHANNELS=1", "OUTPUT_CHANNELS=2", "MMAR_CKPT_DIR=models",
  ]

  private func load(_ name: String, _ sets: [String]) throws -> LoadedConfig {
    try ConfigLoader(sources: SourceStore(), catalog: sampleCatalog)
      .load(path: Self.folder + "/" + name, sets: data + sets)
  }

  @Test func trainingConfigIsWhole() throws {
    let loaded = try load("config_train.json", training)
    #expect(loaded.findings == [])
    #expect(loaded.bindings.graph.check() == [])
    #expect(loaded.bindings.names(in: .train).count == 12)
    #expect(loaded.bindings.names(in: .validate).count == 9)
    #expect(try loaded.bindings.entries(of: "handlers", in: .train).count == 5)
    let order = try loaded.bindings.buildOrder(for: [Node(.train, "trainer")]).map(\.description)
    let model = try #require(order.firstIndex(of: "train.model"))
    let optimizer = try #require(order.firstIndex(of: "train.optimizer"))
    let evaluator = try #require(order.firstIndex(of: "validate.evaluator"))
    #expect(model < optimizer && model < evaluator && evaluator < order.count - 1)
    #expect(order.last == "train.trainer")
    #expect(!order.contains("MMAR_CKPT"))
  }

  @Test func effectiveConfigHoldsTheModelAsMONAIReadsIt() throws {
    let config = try load("config_train.json", training).bindings.effectiveConfig
    let model = try #require(config["train"]?["model"])
    #expect(model["name"]?.value == .string("UNet"))
    #expect(model["args"]?["in_channels"]?.value == .int(1))
    #expect(config["validate"]?["dataset"]?["data_list_key"]?.value == .string("validation"))
    #expect(config["train"]?["optimizer"]?["args"]?["lr"]?.value == .double(0.0002))
  }

  @Test func savingTheTrainingConfigKeepsItsMeaning() throws {
    let sources = SourceStore()
    let loader = ConfigLoader(sources: sources, catalog: sampleCatalog)
    let path = Self.folder + "/config_train.json"
    let bindings = try loader.load(path: path).bindings
    let original = try JSONReader.read(ConfigFile.open(path, in: sources).source, in: sources).value
    let isSame = ConfigWriter.config(bindings, resolved: false).0 == original
    #expect(isSame)
  }

  @Test func learningRateReachesTheOptimizerAlone() throws {
    let stale = try load("config_train.json", training).bindings.dependents(
      of: Node(.top, "learning_rate"))
    #expect(stale.first?.description == "train.optimizer")
    #expect(stale.last?.description == "train.trainer")
    #expect(!stale.contains(Node(.train, "model")))
  }

  @Test func validationConfigNeedsAModelFile() throws {
    let missing = try load("config_validation.json", ["MMAR_EVAL_OUTPUT_PATH=eval"])
    #expect(missing.kind == .flat)
    // The archive is named by the environment; whether it can be opened is known when it is.
    #expect(missing.bindings.unsetVariables.isEmpty)
    let checkpoint = try load(
      "config_validation.json",
      [
        "MMAR_EVAL_OUTPUT_PATH=eval", "dont_load_ts_model=True", "dont_load_ckpt_model=False",
        "MMAR_CKPT=models/model.pt",
      ])
    #expect(checkpoint.findings == [])
    #expect(checkpoint.bindings.graph.check() == [])
    let handlers = try checkpoint.bindings.entries(of: "handlers", in: .validate)
    #expect(handlers.map(\.path.description) == ["handlers[0]", "handlers[1]", "handlers[2]"])
  }
}
