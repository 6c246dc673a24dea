import Components
import Foundation
import Script
import Testing

@testable import Session

/// The training config of the examples, typed line by line: saved as JSON it is the config, saved as
/// a script and run again it is the same session.
@Suite struct SpleenScriptTests {
  private let folder: TemporaryFolder
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("spleen.etude")
  private static let config = ExampleFile("config/config_train.json")

  /// What environment.json would say.
  private static let environment = """
    DATASET_JSON = "data/spleen/dataset.json"; DATA_ROOT = "data/spleen"
    TRAIN_DATALIST_KEY = "training"; VAL_DATALIST_KEY = "validation"
    INPUT_CHANNELS = 1; OUTPUT_CHANNELS = 2; MMAR_CKPT_DIR = "models"; MMAR_CKPT = "models/model.pt"

    """

  init() throws { folder = try TemporaryFolder() }

  private func typed() throws -> SessionUnderTest {
    try SessionUnderTest(running: String(contentsOf: Self.script, encoding: .utf8))
  }

  /// The configuration as it stands, without the environment.json beside it.
  private func loaded() throws -> SessionUnderTest {
    let copy = folder.path("config_train.json")
    try FileManager.default.copyItem(atPath: Self.config.path, toPath: copy)
    return try SessionUnderTest(running: "load(\(copy.quoted))")
  }

  @Test func theTypedConfigSavedIsTheConfig() throws {
    let saved = folder.path("saved.json")
    try typed().run("save(\(saved.quoted))")
    #expect(try differences(Self.config.path, saved) == [])
  }

  @Test func resolvedItIsTheSameTreeToo() throws {
    let (typed, loaded) = (try typed(), try loaded())
    for session in [typed, loaded] { try session.run(Self.environment) }
    #expect(try typed.trees() == loaded.trees())
  }

  /// Typed line by line, saved as a script, and that script run.
  @Test func savedAsAScriptItRunsAndIsTheSame() throws {
    let typed = try typed()
    try typed.run(Self.environment)
    let script = folder.path("again.etude")
    try typed.run("save(\(script.quoted))")
    let again = try SessionUnderTest(
      running: String(contentsOfFile: script, encoding: .utf8))
    #expect(try again.trees() == typed.trees())
    let third = folder.path("third.etude")
    try again.run("save(\(third.quoted))")
    #expect(
      try String(contentsOfFile: script, encoding: .utf8)
        == String(contentsOfFile: third, encoding: .utf8))
  }
}
