import Components
import Script
import Testing

@Suite struct RefTests {
  private func bindings(_ transforms: String, _ refs: String) -> Bindings {
    load(
      train(
        "\"pre_transforms\": [\(transforms)]", validate: "\"pre_transforms\": [\(refs)]",
        globals: "\"size\": 1")
    ).bindings
  }
  private let ref = Node(.validate, Path([.name("pre_transforms"), .index(0)]))

  @Test(arguments: ["LoadImaged", "first", "LoadImageD", "LoadImageDict"])
  func copiesADefinitionByClassAliasOrSpelling(key: String) throws {
    let bindings = bindings(
      #"{"name": "A"}, {"name": "LoadImaged#first", "args": {"keys": "{size}"}}"#,
      "{\"ref\": \"\(key)\"}")
    let definition = try bindings.definition(of: ref)
    #expect(definition.copied?.description == "train.pre_transforms[1]")
    #expect(definition.section == .validate)
    #expect(try bindings.text(of: ref) == "LoadImaged(keys=<size>) as first")
    #expect(bindings.graph.check() == [])
  }

  @Test func labelsOfPathsAreKeys() throws {
    let bindings = bindings(#"{"name": "Noise", "path": "my.Noise"}"#, #"{"ref": "Noise"}"#)
    #expect(try bindings.definition(of: ref).copied != nil)
  }

  @Test func twoOfOneClassAreAmbiguous() throws {
    let fault = try #require(
      bindings(#"{"name": "A"}, {"name": "A"}"#, #"{"ref": "A"}"#).graph.check().errors.first)
    #expect(fault.message == "ref 'A' fits 2 components")
    #expect(fault.notes.count == 2)
    #expect(fault.notes[0].hasPrefix("train.pre_transforms[0] A at config_train.json:1:"))
  }

  @Test func anAliasOrADisabledTwinMakesItClear() throws {
    let alias = bindings(#"{"name": "A"}, {"name": "A#b"}"#, #"{"ref": "b"}"#)
    #expect(try alias.definition(of: ref).copied?.path.steps.last == .index(1))
    let twin = bindings(#"{"name": "A", "disabled": true}, {"name": "A"}"#, #"{"ref": "A"}"#)
    #expect(try twin.definition(of: ref).copied?.path.steps.last == .index(1))
  }

  @Test func disabledTargetsAreErrorsUnlessTheRefIsDisabledToo() throws {
    let transforms = #"{"name": "A", "disabled": true}"#
    let fault = try #require(bindings(transforms, #"{"ref": "A"}"#).graph.check().errors.first)
    #expect(fault.message == "ref 'A' names a component that is disabled")
    #expect(bindings(transforms, #"{"ref": "A", "disabled": true}"#).graph.check() == [])
  }

  @Test func unknownKeysSuggestTheNearest() throws {
    let fault = try #require(
      bindings(#"{"name": "LoadImaged"}"#, #"{"ref": "LoadImagd"}"#).graph.check().errors.first)
    #expect(fault.suggestion == "LoadImaged")
    #expect(fault.notes == ["train has LoadImaged"])
    #expect(fault.path == "validate.pre_transforms.#1")
  }

  @Test func attributesOfTheRefWin() throws {
    let bindings = bindings(
      #"{"name": "A", "rank": 0}"#, #"{"ref": "A", "rank": 0, "disabled": false}"#)
    #expect(try bindings.definition(of: ref).expression.attributeNames == ["rank", "disabled"])
  }

  @Test func theSameElementIsAskedFirst() throws {
    let bindings = load(
      train(
        #""pre_transforms": [{"name": "A"}], "post_transforms": [{"name": "A"}]"#,
        validate: #""post_transforms": [{"ref": "A"}]"#)
    ).bindings
    let entry = try #require(bindings.entries(of: "post_transforms", in: .validate).first)
    #expect(try bindings.definition(of: entry).copied?.name == "post_transforms")
  }
}

extension Expression {
  fileprivate var attributeNames: [String] {
    if case .component(let component) = form { component.attributes.map(\.name) } else { [] }
  }
}
