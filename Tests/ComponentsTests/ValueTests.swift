import Components
import Testing

@Suite struct ValueTests {
  @Test(arguments: [
    (Value.double(2e-4), "0.0002"), (.double(1e-5), "1e-05"), (.bool(true), "True"),
    (.string("it's"), "\"it's\""), (.string("a\n\u{1}"), "'a\\n\\x01'"),
    (.tuple([.int(1)]), "(1,)"),
    (.dict(["a": .list([.none])]), "{'a': [None]}"),
    (.slice(SliceBounds(start: 1, step: 2)), "1::2"),
  ])
  func printsAsPythonDoes(value: Value, text: String) {
    #expect(value.description == text)
  }

  @Test func comparesAsPythonDoes() {
    #expect(Value.int(1) == .double(1))
    #expect(Value.bool(true) == .int(1))
    #expect(Value.list([.int(1)]) != .tuple([.int(1)]))
    #expect(Value.dict(["a": .int(1), "b": .int(2)]) == .dict(["b": .int(2), "a": .int(1)]))
    #expect(Value.double(.nan) != .double(.nan))
  }

  @Test func dictionaryKeepsOrderAndReplacesInPlace() {
    var dict: ValueDictionary = ["b": .int(1), "a": .int(2)]
    dict["b"] = .int(3)
    dict["c"] = .int(4)
    dict["a"] = nil
    #expect(dict.keys == ["b", "c"])
    #expect(dict.map(\.value) == [.int(3), .int(4)])
  }

  @Test(arguments: [
    ("learning_rat", "learning_rate"), ("UNte", "UNet"), ("unet", "UNet"),
    ("LoadImage", "LoadImaged"), ("epcohs", "epochs"), ("xlearning_rat", "learning_rate"),
  ])
  func findsTheNearestName(typed: String, meant: String) {
    let known = ["learning_rate", "UNet", "LoadImaged", "epochs", "amp"]
    #expect(Spelling.nearest(to: typed, among: known) == meant)
  }

  @Test func suggestsNothingForSomethingElse() {
    #expect(Spelling.nearest(to: "zebra", among: ["learning_rate", "amp", "UNet"]) == nil)
  }
}
