import Components
import Script
import Testing

@Suite struct ConfigReaderTests {
  private func element(_ json: String) throws -> (Expression, LoadedConfig) {
    let loaded = load(train("\"loss\": \(json)"))
    return (try loaded.bindings.expression(at: Path(dotted: "train.loss")), loaded)
  }

  private func component(_ json: String) throws -> ComponentExpression {
    guard case .component(let component) = try element(json).0.form else {
      throw Fault(.invalid, "no component")
    }
    return component
  }

  @Test func readsTargetAliasesArgumentsAndAttributes() throws {
    let component = try component(
      #"{"name": "DiceLoss#first#b", "rank": 0, "args": {"softmax": true}}"#)
    #expect(component.target == .name("DiceLoss"))
    #expect(component.aliases == ["first", "b"])
    #expect(component.arguments.map(\.name) == ["softmax"])
    #expect(component.attributes.map(\.name) == ["rank"])
  }

  @Test(arguments: [
    (#"{"path": "my_loss.MyLoss"}"#, ComponentExpression.Target.path("my_loss.MyLoss", label: nil)),
    (#"{"name": "A", "path": "m.B", "args": {}}"#, .path("m.B", label: "A")),
    (#"{"ref": "LoadImaged"}"#, .ref("LoadImaged")),
    (#"{"ckpt_path": "m.pt"}"#, .checkpoint),
    (#"{"ts_path": "m.ts"}"#, .torchScript),
    (#"{"_target_": "DiceLoss", "softmax": true}"#, .name("DiceLoss")),
    (#"{"name": "DiceLoss"}"#, .name("DiceLoss")),
  ])
  func recognisesComponents(json: String, target: ComponentExpression.Target) throws {
    #expect(try component(json).target == target)
  }

  @Test func emptyAndNullElementsBuildNothing() throws {
    for json in ["{}", "null"] {
      guard case .none = try element(json).0.form else {
        Issue.record("\(json) is something")
        continue
      }
    }
  }

  /// Inside arguments a dict with a name alone is a component only if the catalogue knows it.
  @Test func dictsInArgumentsStayDicts() throws {
    let outer = try component(
      #"{"name": "L", "args": {"a": {"name": "batch"}, "b": {"name": "UNet"}, "c": {"name": "X", "args": {}}}}"#
    )
    #expect(outer.arguments.map { $0.value.form.isComponent } == [false, true, true])
  }

  @Test func stringsHaveTheirConfigMeaning() throws {
    let forms = try component(
      #"""
      {"name": "L", "args": {
        "whole": "{lr}", "part": "{DIR}/m.pt", "plain": "a", "braces": "{{a}}",
        "reference": "@model", "call": "#@model.parameters()",
        "function": "lambda x: f'{x}'"}}
      """#
    ).arguments.map { $0.value.form }
    guard case .variable("lr") = forms[0], case .template(let parts) = forms[1],
      case .string("a", .plain) = forms[2], case .string("{a}", .raw) = forms[3],
      case .reference(Path([.name("model")])) = forms[4], case .call = forms[5],
      case .lambda = forms[6]
    else {
      Issue.record("\(forms)")
      return
    }
    #expect(parts.count == 2)
  }

  @Test func keysAreNeverSubstituted() throws {
    let outer = try component(#"{"name": "L", "args": {"a": {"{lr}": 1}}}"#)
    guard case .dict(let entries) = outer.arguments[0].value.form,
      case .string("{lr}", _) = entries[0].key.form
    else {
      Issue.record("the key changed")
      return
    }
  }

  @Test func expressionsKnowTheirPlaceInTheFile() throws {
    let sources = SourceStore()
    let loaded = load(
      train("\"loss\": {\"name\": \"L\",\n \"args\": {\"f\": \"#len(@nothing)\"}}"),
      sources: sources)
    let fault = try #require(loaded.bindings.graph.check().errors.first)
    #expect(fault.place?.line == 2 && fault.place?.column == 22)
  }

  @Test(arguments: [
    (
      #"{"name": "Adam", "lr": 0.1}"#, Finding.Severity.error,
      "lr is an argument; it belongs inside args"
    ),
    (
      #"{"name": "UNet", "args": {"disabled": true}}"#, .warning,
      "disabled belongs beside args; it is read as if it stood there"
    ),
    (#"{"name": "UNet", "args": [1]}"#, .error, "args is an object of named values"),
    (#"{"name": "UNet", "disbled": true}"#, .error, "a component has no key 'disbled'"),
    (
      #"{"name": "UNet", "colour": "red"}"#, .warning,
      "a component has no key 'colour'; nothing reads it"
    ),
    (#"{"name": 3, "args": {}, "path": "a.B"}"#, .error, "name is text"),
    (#"{"path": "MyLoss", "args": {}}"#, .error, "path needs the module of the class"),
    (
      #"{"ref": "LoadImaged", "keys": "image"}"#, .error,
      "a ref takes no keys; it is a copy of what it names"
    ),
  ])
  func reportsMistakes(json: String, severity: Finding.Severity, message: String) throws {
    let loaded = try element(json).1
    #expect(loaded.messages(severity) == [message])
  }

  @Test func mistakesNameTheNearestKey() throws {
    let loaded = try element(#"{"name": "UNet", "disbled": true}"#).1
    #expect(loaded.findings.first?.fault.suggestion == "disabled")
    #expect(loaded.findings.first?.fault.path == "train.loss.disbled")
  }

  @Test(arguments: [
    #"{"name": "Dataset", "fold_key": "a"}"#, #"{"name": "OddCropd", "args": {"disabled": true}}"#,
    #"{"name": "UNet", "_comment": "x", "rank": 0, "log_label": "y"}"#,
  ])
  func declaredKeysAreNoMistake(json: String) throws {
    #expect(try element(json).1.findings == [])
  }

  @Test(arguments: ["{a b}", "{}", "a{", "a}b", "{x:.3f}", "#f(", "lambda x", "@"])
  func brokenStringsAreErrorsOfWhatReadsThem(text: String) throws {
    let loaded = load(train("\"loss\": {\"name\": \"L\", \"args\": {\"a\": \(quotedJSON(text))}}"))
    #expect(loaded.findings == [])
    #expect(throws: Fault.self) {
      try loaded.bindings.definition(of: Node(.train, "loss"))
    }
    let disabled = load(
      train(
        "\"loss\": {\"name\": \"L\", \"disabled\": true, \"args\": {\"a\": \(quotedJSON(text))}}"))
    #expect(disabled.bindings.graph.check() == [])
  }
}

private func quotedJSON(_ text: String) -> String {
  JSONWriter.string(JSONValue(.string(text), Span(SourceID(0), 0, 0)))
}

extension Expression.Form {
  fileprivate var isComponent: Bool { if case .component = self { true } else { false } }
}
