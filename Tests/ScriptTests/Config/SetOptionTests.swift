import Components
import Script
import Testing

@Suite struct SetOptionTests {
  @Test(arguments: [
    ("a=1", Value.int(1)), ("a=2e-4", .double(2e-4)), ("a=.5", .double(0.5)),
    ("a=True", .bool(true)), ("a=off", .bool(false)), ("a=y", .bool(true)),
    ("a=null", .none), ("a=text", .string("text")), ("a=", .string("")),
    ("a= b=c ", .string("b=c")), ("a=\"1\"", .string("1")),
    ("a=[8, 16]", .list([.int(8), .int(16)])),
    ("a={\"k\": 1}", .dict(["k": .int(1)])), ("a={DIR}/m.pt", .string("{DIR}/m.pt")),
    ("a=/data/x.json", .string("/data/x.json")), ("a=infinity", .string("infinity")),
  ])
  func typesValues(text: String, value: Value) throws {
    let option = try SetOption.read(text, in: SourceStore())
    #expect(option.key == "a")
    #expect(option.value.value == value)
    #expect(option.value.value.kindName == value.kindName)
  }

  @Test func brokenJSONPointsIntoTheOption() throws {
    let fault = try fault { _ = try SetOption.read("channels=[8,16", in: SourceStore()) }
    #expect(fault.place?.source == "--set" && fault.place?.column == 10)
  }

  @Test func wantsAnEqualsSign() throws {
    let fault = try fault { _ = try SetOption.read("amp", in: SourceStore()) }
    #expect(fault.remedy == "--set amp=True")
  }

  @Test(arguments: [
    ("train.optimizer.lr", [Path.Step.name("train"), .name("optimizer"), .name("lr")]),
    ("handlers[2].rank", [.name("handlers"), .index(2), .name("rank")]),
    ("handlers.2.rank", [.name("handlers"), .index(2), .name("rank")]),
    ("handlers.#3.rank", [.name("handlers"), .index(2), .name("rank")]),
    ("a[\"b c\"]", [.name("a"), .key("b c")]),
    ("a[-1]", [.name("a"), .index(-1)]),
  ])
  func readsPaths(text: String, steps: [Path.Step]) throws {
    #expect(try Path(dotted: text).steps == steps)
  }

  @Test(arguments: ["", "a..b", "a[", "a[x]", "a[1]x", ".a"])
  func refusesBrokenPaths(text: String) {
    #expect(throws: Fault.self) { try Path(dotted: text) }
  }
}
