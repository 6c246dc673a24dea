import Components
import Script
import Testing

/// Expressions inside the strings of a config point into the file, whatever escapes the string has.
@Suite struct EtudeSyntaxTests {
  @Test(arguments: [
    (##"{"f": "#g(['a'], $)"}"##, "g(['a'], $)"),
    (##"{"f": "#g([\"a\"], $)"}"##, "g([\"a\"], $)"),
    (##"{"f": "#g([\u0022a\u0022], $)"}"##, "g([\"a\"], $)"),
  ])
  func mistakesPointIntoTheFile(file: String, text: String) throws {
    let sources = SourceStore()
    let source = sources.add(name: "config.json", text: file)
    let syntax = EtudeSyntax(sources, names: .none)
    let fault = try #require(throws: Fault.self) {
      try syntax.parse(text, in: source, at: 8)
    }
    let column = try #require(file.firstIndex(of: "$"))
    #expect(fault.place?.column == file.distance(from: file.startIndex, to: column) + 1)
  }

  @Test func readsWhatConfigsHold() throws {
    let sources = SourceStore()
    let source = sources.add(name: "config.json", text: "\"lambda x: (x['pred'], x['label'])\"")
    let syntax = EtudeSyntax(sources, names: .none)
    let tree = try syntax.parse("lambda x: (x['pred'], x['label'])", in: source, at: 1)
    #expect(syntax.print(tree) == "lambda x: (x[\"pred\"], x[\"label\"])")
    #expect(tree.span == Span(source, 1, 34))
  }
}
