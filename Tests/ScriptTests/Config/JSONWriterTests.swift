import Components
import Script
import Testing

@Suite struct JSONWriterTests {
  @Test func writesListsOfScalarsOnOneLine() throws {
    let text = """
      {
        "channels": [16, 32, 64],
        "none": {},
        "empty": [],
        "nested": [
          [1, 2],
          {
            "a": null
          }
        ]
      }

      """
    let sources = SourceStore()
    let value = try #require(JSONReader.read(sources.add(name: "c", text: text), in: sources).value)
    #expect(JSONWriter.file(value) == text)
  }

  @Test func breaksLongLists() throws {
    let items = (0..<60).map { JSONValue(.int($0, spelling: "\($0)"), Span(SourceID(0), 0, 0)) }
    let text = JSONWriter.string(JSONValue(.list(items), Span(SourceID(0), 0, 0)))
    #expect(text.hasPrefix("[\n  0,\n  1,"))
  }

  @Test(arguments: ["plain", "é", "a\"b\\c\n\t\u{1}", "\u{1F}\r\n\u{7F}😀"])
  func readsBackWhatItWrites(text: String) throws {
    let sources = SourceStore()
    let written = JSONWriter.string(JSONValue(.string(text), Span(SourceID(0), 0, 0)))
    let (value, findings) = JSONReader.read(sources.add(name: "c", text: written), in: sources)
    #expect(findings.isEmpty)
    #expect(value?.value == .string(text))
  }

  @Test func valuesJSONCannotHoldAreRefused() {
    let span = Span(SourceID(0), 0, 0)
    #expect(JSONValue(.double(.nan), span: span) == nil)
    #expect(JSONValue(.list([.slice(SliceBounds())]), span: span) == nil)
    #expect(JSONValue(.tuple([.int(1)]), span: span)?.value == .list([.int(1)]))
  }

  @Test func aValueForProgramsStandsOnOneLine() {
    let value = Value.dict([
      "a": .list([.int(1), .double(0.5), .bool(true), .none]), "b\n": .string("é\""),
      "none": .list([.double(.nan), .double(.infinity), .slice(SliceBounds())]),
      "pair": .tuple([.int(-1), .dict([:])]),
    ])
    #expect(
      JSONWriter.packed(value)
        == #"{"a":[1,0.5,true,null],"b\n":"é\"","none":[null,null,null],"pair":[-1,{}]}"#)
  }
}
