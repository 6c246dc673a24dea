import Components
import Script
import Testing

@Suite struct JSONReaderTests {
  private func read(_ text: String) -> (value: JSONValue?, findings: [Finding]) {
    let sources = SourceStore()
    return JSONReader.read(sources.add(name: "c.json", text: text), in: sources)
  }

  @Test func readsEveryKindOfValue() throws {
    let (value, findings) = read(
      #"{"a": [1, -2.5e-3, true, false, null], "b": {"c": "x\n\u00e9\ud83d\ude00\/"}}"#)
    #expect(findings.isEmpty)
    let expected: Value = .dict([
      "a": .list([.int(1), .double(-0.0025), .bool(true), .bool(false), .none]),
      "b": .dict(["c": .string("x\né😀/")]),
    ])
    #expect(value?.value == expected)
  }

  @Test func keepsPlacesAndSpellings() throws {
    let sources = SourceStore()
    let source = sources.add(name: "c.json", text: "{\n  \"lr\": 2e-4\n}")
    let value = try #require(JSONReader.read(source, in: sources).value)
    guard case .object(let entries) = value.form else { throw Fault(.invalid, "no object") }
    #expect(sources.place(entries[0].keySpan).column == 3)
    #expect(sources.place(entries[0].value.span).line == 2)
    #expect(JSONWriter.string(value) == "{\n  \"lr\": 2e-4\n}")
  }

  /// Each mistake: the text, what is said, where, and what to write instead.
  @Test(arguments: [
    ("{\n  \"a\": 1,\n}", "a comma stands before the closing }", 2, 9, "delete it"),
    ("{\"a\": 'x'}", "strings stand in double quotes", 1, 7, "\"x\""),
    ("{'a': 1}", "keys stand in double quotes", 1, 2, "\"a\""),
    ("{a: 1}", "keys stand in double quotes", 1, 2, "\"a\""),
    ("{\"a\": True}", "True is not a word of JSON", 1, 7, "true"),
    ("{\"a\": Flase}", "Flase is not a word of JSON", 1, 7, "false"),
    ("{\"a\": ture}", "ture is not a word of JSON", 1, 7, "true"),
    ("{\"a\": nul}", "nul is not a word of JSON", 1, 7, "null"),
    ("{\"a\": None}", "None is not a word of JSON", 1, 7, "null"),
    ("{\"a\": NaN}", "JSON has no NaN", 1, 7, "null"),
    ("{\"a\": -Infinity}", "JSON has no -Infinity", 1, 7, "null"),
    ("{\"a\": adam}", "text stands in double quotes", 1, 7, "\"adam\""),
    ("{\"a\": .5}", "JSON does not write numbers like this", 1, 7, "0.5"),
    ("{\"a\": 1.}", "JSON does not write numbers like this", 1, 7, "1.0"),
    ("{\"a\": +1}", "JSON does not write numbers like this", 1, 7, "1"),
    ("{\"a\": 007}", "JSON does not write numbers like this", 1, 7, "7"),
    ("{\"a\": 1_000}", "JSON does not write numbers like this", 1, 7, "1000"),
    ("{\"a\": \"\\d\"}", "JSON has no such escape", 1, 8, "\\\\d"),
    ("{\"a\": 1 // x\n}", "JSON has no comments", 1, 9, "delete it"),
    ("{\"a\": 1 /* x */}", "JSON has no comments", 1, 9, "delete it"),
    ("{\"a\": 1\n  # x\n}", "JSON has no comments", 2, 3, "delete it"),
    ("{\"a\": 1\n \"b\": 2}", "a comma is missing", 1, 7, "add a comma here"),
    ("{\"a\": [1 2]}", "a comma is missing", 1, 8, "add a comma here"),
    ("{\"a\" 1}", "the colon after \"a\" is missing", 1, 5, "\"a\": …"),
    ("{\"a\": }", "the value of \"a\" is missing", 1, 2, "\"a\": null"),
    ("{\"a\": , \"b\": 1}", "the value of \"a\" is missing", 1, 2, "\"a\": null"),
    ("[1,, 2]", "a value is missing before this comma", 1, 4, "delete the comma"),
    ("{\"a\": “x”}", "strings stand in straight double quotes", 1, 7, "\"x\""),
    ("{} }", "this } closes nothing", 1, 4, "delete it"),
    ("{\"a\": \"b\tc\"}", "a control character stands in a string", 1, 9, "write \\t"),
  ])
  func explainsAMistake(
    text: String, message: String, line: Int, column: Int, remedy: String
  ) throws {
    let fault = try #require(read(text).findings.errors.first)
    #expect(fault.message == message)
    #expect(
      fault.place?.line == line && fault.place?.column == column,
      "\(String(describing: fault.place))")
    #expect(fault.remedy == remedy)
  }

  @Test func reportsWhatStaysOpen() throws {
    let text = "{\n  \"train\": {\n    \"loss\": [1, 2\n"
    let errors = read(text).findings.errors
    let fault = try #require(errors.first)
    #expect(errors.count == 1)
    #expect(fault.message == "this [ is never closed")
    #expect(fault.place?.line == 3 && fault.place?.column == 13)
    #expect(fault.path == "train.loss")
    #expect(fault.wanted == "]")
  }

  @Test func findsTheCulpritOfAMissingBraceByIndentation() throws {
    let text = "{\n  \"a\": {\n    \"b\": {\n      \"c\": 1\n  }\n}\n"
    let fault = try #require(read(text).findings.errors.first)
    #expect(fault.message == "this { is never closed")
    #expect(fault.notes.first?.contains("line 5") == true)
  }

  @Test func namesTheWrongBracket() throws {
    let fault = try #require(read("{\"a\": [1, 2}").findings.errors.first)
    #expect(fault.message == "the [ of line 1, column 7 is closed by the wrong bracket")
    #expect(fault.wanted == "]")
  }

  @Test func stringsEndWithTheirLine() throws {
    let (value, findings) = read("{\"name\": \"Adam,\n \"lr\": 1}")
    #expect(findings.errors.map(\.message) == ["this string is not closed on its line"])
    #expect(value?["name"]?.value == .string("Adam"))
    #expect(value?["lr"]?.value == .int(1))
  }

  @Test func reportsAllMistakesOnePerLine() {
    let errors = read("{\n \"a\": True,\n \"b\": 'x' 'y',\n \"c\": 01,\n}").findings.errors
    #expect(errors.map { $0.place?.line } == [2, 3, 4])
  }

  @Test func lastOfDuplicateKeysWinsWithAWarning() throws {
    let (value, findings) = read("{\n \"a\": 1,\n \"a\": 2}")
    #expect(value?["a"]?.value == .int(2))
    let finding = try #require(findings.first)
    #expect(finding.severity == .warning)
    #expect(finding.fault.place?.line == 3)
    #expect(finding.fault.remedy == "delete the one of line 2, column 2")
  }

  @Test(arguments: [
    ("{\"a\": 1e999}", "this number is too large for a float"),
    ("{\"a\": 9223372036854775808}", "this whole number does not fit 64 bits"),
  ])
  func refusesNumbersOutOfRange(text: String, message: String) {
    #expect(read(text).findings.errors.map(\.message) == [message])
    #expect(read(text).findings.errors.first?.kind == .outOfRange)
  }

  /// One brace too few in a list of objects is one mistake, and what follows is read as it was meant.
  @Test(arguments: [
    (
      "[\n  {\"a\": 1,\n  {\"a\": 2}\n]",
      "the { of line 2, column 3 is not closed before this one", 3
    ),
    ("[\n  {\"a\": 1},\n  \"a\": 2}\n]", "the { before this key is missing", 3),
  ])
  func aMissingBraceIsOneMistake(text: String, message: String, line: Int) {
    let (value, findings) = read(text)
    #expect(findings.errors.map(\.message) == [message])
    #expect(findings.errors.first?.place?.line == line)
    #expect(value?.value == .list([.dict(["a": .int(1)]), .dict(["a": .int(2)])]))
  }

  @Test func aMissingBracketIsOneMistake() {
    let (value, findings) = read("{\n \"a\":\n  {\"b\": 1},\n  {\"b\": 2}\n ],\n \"c\": 3}")
    #expect(findings.errors.map(\.message) == ["the [ before this object is missing"])
    #expect(findings.errors.first?.place?.line == 3)
    let items: Value = .list([.dict(["b": .int(1)]), .dict(["b": .int(2)])])
    #expect(value?.value == .dict(["a": items, "c": .int(3)]))
  }

  @Test func boundsDepth() {
    let text = String(repeating: "[", count: 100_000)
    #expect(read(text).findings.errors.first?.kind == .limit)
  }

  @Test func emptyFilesSaySo() {
    #expect(read(" \n").findings.errors.map(\.message) == ["the file is empty"])
  }

  @Test(arguments: [
    "\u{0}", "{\"", "[\u{FFFD}", "\"\\u12", "{\"a\":\u{0}}", "[-]", "{:}", "{,}", "[}", "\\",
  ])
  func survivesRubbish(text: String) {
    #expect(!read(text).findings.errors.isEmpty)
  }
}
