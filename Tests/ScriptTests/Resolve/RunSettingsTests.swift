import Components
import Script
import Testing

@Suite struct RunSettingsTests {
  @Test func readsTheMergedPool() throws {
    let loaded = load(
      #"{"epochs": 3, "amp": false, "determinism": {"random_seed": 7}, "train": {}, "network_summary": {"network": "@model", "input_size": [2, 1, 96]}}"#,
      environment: #"{"multi_gpu": true}"#, sets: ["amp=1", "print_conf=True", "epochs=4"])
    let settings = try RunSettings(loaded.bindings)
    #expect(settings.epochs == 4)
    #expect(settings.amp && settings.multiGPU && settings.printConfig)
    #expect(settings.randomSeed == 7)
    #expect(settings.summaryInputSize == [2, 1, 96])
    #expect(settings.tf32 == nil)
  }

  @Test func defaultsWithoutAnySetting() throws {
    #expect(try RunSettings(load("{}").bindings) == RunSettings())
  }

  @Test(arguments: [
    ("\"epochs\": -1", "a whole number ≥ 0"), ("\"amp\": \"yes\"", "true or false"),
    ("\"determinism\": true", "{\"random_seed\": 0}"),
    ("\"determinism\": {\"random_seed\": -1}", "random_seed from 0 to 4294967295"),
    ("\"network_summary\": {\"input_size\": [1.5]}", "input_size as a list of whole numbers"),
  ])
  func wrongValuesAreLocated(global: String, wanted: String) throws {
    let bindings = load("{\(global)}").bindings
    let fault = try fault { _ = try RunSettings(bindings) }
    #expect(fault.wanted == wanted)
    #expect(fault.place?.line == 1)
  }

  @Test func aMisspeltSeedIsNoSilentChance() throws {
    let bindings = load(#"{"determinism": {"random_sed": 0}}"#).bindings
    #expect(try fault { _ = try RunSettings(bindings) }.suggestion == "random_seed")
  }

  @Test func saysWhatHasNoEffectOnACPU() throws {
    let settings = try RunSettings(
      load(
        #"{"use_gpu": true, "tf32": false, "cudnn_benchmark": true, "determinism": {"random_seed": 0}}"#
      )
      .bindings)
    #expect(settings.notesOnCPU.count == 3)
    #expect(settings.notesOnCPU.allSatisfy { !$0.contains("\n") && $0.first?.isLowercase == true })
    #expect(RunSettings().notesOnCPU.isEmpty)
  }
}
