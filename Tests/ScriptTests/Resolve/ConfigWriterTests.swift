import Components
import Script
import Testing

@Suite struct ConfigWriterTests {
  private func saved(_ bindings: Bindings, resolved: Bool = false) -> String {
    JSONWriter.file(ConfigWriter.config(bindings, resolved: resolved).0)
  }

  /// Loading what was saved gives the same, and saving it gives the same text.
  @Test(arguments: [
    train(
      #""loss": {"name": "L#a#b", "rank": 0, "args": {"x": "{lr}", "y": "{D}/m", "z": "{{}}"}}"#,
      globals: "\"lr\": 2e-4, \"text\": \"{not} expanded\", \"determinism\": {\"random_seed\": 1}"),
    train(
      ##""optimizer": {"name": "Adam", "args": {"params": "#@model.parameters()", "f": "lambda x: x['loss']"}}, "model": {"name": "M", "path": "my.M", "args": {}}"##
    ),
    #"{"amp": true, "model": [{"ts_path": "{T}", "disabled": "{no}"}, {"ckpt_path": "c.pt"}], "inferer": {"name": "I"}}"#,
    train(
      #""pre_transforms": [{"name": "LoadImaged"}, {"ref": "x"}, {"name": "Off", "disabled": true, "args": {"a": "{nowhere}"}}]"#,
      validate: #""pre_transforms": [{"ref": "LoadImaged", "disabled": false}]"#),
  ])
  func loadSaveLoadChangesNothing(text: String) throws {
    let first = saved(load(text).bindings)
    let again = load(first)
    #expect(again.isReadable)
    #expect(saved(again.bindings) == first)
    let sources = SourceStore()
    let original = JSONReader.read(sources.add(name: "a", text: text), in: sources).value
    let written = JSONReader.read(sources.add(name: "b", text: first), in: sources).value
    #expect(written?["loss"] == original?["loss"])
    for section in ["train", "validate", "model", "determinism", "text"] {
      #expect(try withoutEmptyArgs(written?[section]) == withoutEmptyArgs(original?[section]))
    }
  }

  /// `"args": {}` and its absence mean the same.
  private func withoutEmptyArgs(_ value: JSONValue?) throws -> Value? {
    func clean(_ value: Value) -> Value {
      switch value {
      case .dict(let dict):
        .dict(
          ValueDictionary(
            dict.compactMap { key, value in
              key == "args" && value == .dict([:]) ? nil : (key, clean(value))
            }))
      case .list(let items): .list(items.map(clean))
      default: value
      }
    }
    return value.map { clean($0.value) }
  }

  @Test func oldConfigsAreSavedInTheNewForm() throws {
    let text = saved(
      load(
        train(
          """
          "model": {"name": "UNet"}, "optimizer": {"name": "Adam", "args": {"lr": 1e-3}},
          "metrics": [{"name": "Acc", "is_key_metric": true, "args": {}}],
          "handlers": [{"name": "CheckpointSaver", "args": {"save_dict": ["model", "train_conf"]}}]
          """)
      ).bindings)
    #expect(text.contains("\"params\": \"#@model.parameters()\""))
    #expect(text.contains("\"key_metric\": {\n      \"name\": \"Acc\"\n    }"))
    #expect(text.contains("\"train_conf\": \"@conf\""))
    #expect(!text.contains("is_key_metric"))
    #expect(text.contains("\"lr\": 1e-3"))
  }

  @Test func environmentAndOptionsAreSavedOnlyResolved() throws {
    let bindings = load(
      train(
        #""loss": {"name": "L", "args": {"a": "{epochs}", "b": "{DIR}/x"}}"#,
        globals: "\"epochs\": 1"),
      environment: #"{"DIR": "d"}"#, sets: ["epochs=5", "train.loss.c=3"]
    ).bindings
    let source = saved(bindings)
    #expect(source.contains("\"epochs\": 1"))
    #expect(!source.contains("\"c\"") && !source.contains("\"DIR\""))
    #expect(source.contains("\"{epochs}\""))
    let effective = bindings.effectiveConfig
    #expect(effective["epochs"]?.value == .int(5))
    #expect(
      effective["train"]?["loss"]?["args"]?.value
        == .dict(["a": .int(5), "b": .string("d/x"), "c": .int(3)]))
  }

  @Test func disabledEntriesStayInTheEffectiveConfig() throws {
    let bindings = load(
      train(
        #""handlers": [{"name": "A", "disabled": "{off}", "args": {"x": "{NOWHERE}"}}]"#,
        globals: "\"off\": true")
    ).bindings
    let text = JSONWriter.string(bindings.effectiveConfig)
    #expect(text.contains("\"disabled\": true"))
    #expect(text.contains("\"x\": \"{NOWHERE}\""))
  }

  @Test func equalTransformsOfValidateBecomeRefs() throws {
    let transform = #"{"name": "LoadImaged", "args": {"keys": ["image"]}}"#
    let text = saved(
      load(
        train(
          "\"pre_transforms\": [\(transform), {\"name\": \"B\"}, {\"name\": \"B\"}]",
          validate: "\"pre_transforms\": [\(transform), {\"name\": \"B\"}]")
      ).bindings)
    #expect(text.contains("{\n        \"ref\": \"LoadImaged\"\n      }"))
    #expect(!text.contains("\"ref\": \"B\""))
  }

  @Test func whatJSONCannotSayIsWrittenAsItsValue() throws {
    let sources = SourceStore()
    var bindings = load(
      train(#""loss": {"name": "L"}"#, globals: "\"lr\": 0.5"), sources: sources
    ).bindings
    let line = "not <lr>"
    let source = sources.add(name: "<input>", text: line)
    let syntax = EtudeSyntax(sources, names: ComponentNames(sampleCatalog))
    let expression = try syntax.parse(line, in: source, at: 0)
    try bindings.assign(
      Path(dotted: "train.loss.a"), expression, Provenance(.typed, expression.span))
    let (json, notes) = ConfigWriter.config(bindings, resolved: false)
    #expect(json["train"]?["loss"]?["args"]?.value == .dict(["a": .bool(false)]))
    #expect(notes.map(\.fault.message) == ["JSON cannot hold not <lr>; its value is written"])
    #expect(notes.first?.fault.path == "train.loss.a")
  }
}
