import Components
import Script
import Testing

@Suite struct ParserTests {
  private func outcome(_ text: String) -> ParseOutcome {
    let sources = SourceStore()
    return Parser.input(sources.add(name: "<input>", text: text), in: sources)
  }

  private func fault(_ text: String) throws -> Fault {
    let sources = SourceStore()
    let source = sources.add(name: "file", text: text)
    return try #require(throws: Fault.self) { try Parser.script(source, in: sources) }
  }

  @Test(arguments: [
    ("f(", Incomplete.Opening.bracket("(")),
    ("x = [1,\n  2", .bracket("[")),
    ("x = {\"a\": (1", .bracket("(")),
    ("if x:", .block("if")),
    ("for i in xs:\n  i", .block("for")),
    ("if x:\n  1\nelse:", .block("else")),
    ("train:\n  loss = 3", .block("train")),
    ("x = \"\"\"abc\n", .tripleQuote),
    ("x = '''", .tripleQuote),
    ("x = 1 + \\", .continuation),
    ("x = 1 + \\\n", .continuation),
  ])
  func asksForMore(text: String, opening: Incomplete.Opening) throws {
    guard case .incomplete(let incomplete) = outcome(text) else {
      Issue.record("\(outcome(text))")
      return
    }
    #expect(incomplete.opening == opening)
  }

  @Test(arguments: [
    "x = 1", "", "# comment", "if x: 1", "for i in xs:\n  i\n", "def f(a):\n  return a\n\n",
    "if x:\n  1\ny = 2", "x = 1 + \\\n  2", "(1,\n2)", "x = '''a\nb'''",
  ])
  func isComplete(text: String) {
    if case .statements = outcome(text) {} else { Issue.record("\(outcome(text))") }
  }

  @Test(arguments: ["f)", "x = 'abc", "x = (]", "1 +", "x = = 3", "if :"])
  func isWrongAtOnce(text: String) {
    if case .fault = outcome(text) {} else { Issue.record("\(outcome(text))") }
  }

  @Test func anUnclosedStringNamesItsQuote() throws {
    let fault = try fault("y = 1\nx = \"abc\nz = 3")
    #expect(fault.message == "this string has no closing \"")
    #expect(fault.place?.line == 2)
    #expect(fault.place?.column == 5)
  }

  @Test func theFirstMistakeIsReported() throws {
    #expect(try fault("x = )\ny = 'abc").place?.line == 1)
  }

  @Test func placesCountScalarsAndLinesOfAnyEnding() throws {
    let fault = try fault("a = 'éé'\r\nb = ('ü', $)\r\n")
    #expect(fault.place?.line == 2)
    #expect(fault.place?.column == 11)
  }

  @Test func variablesStandOnlyWhereOperandsDo() throws {
    let sources = SourceStore()
    let tree = try Parser.expression(
      "[<a> > b, a < <b>, a<b, a <b>=c]", at: TextOrigin(sources.add(name: "", text: "")),
      in: sources)
    #expect(
      TreeText.text(tree)
        == "[compare([\"<a>\", \"name(b)\"] [Script.Expression.ComparisonOperator.greater]),"
        + "compare([\"name(a)\", \"<b>\"] [Script.Expression.ComparisonOperator.less]),"
        + "compare([\"name(a)\", \"name(b)\"] [Script.Expression.ComparisonOperator.less]),"
        + "compare([\"name(a)\", \"name(b)\", \"name(c)\"] "
        + "[Script.Expression.ComparisonOperator.less, "
        + "Script.Expression.ComparisonOperator.greaterOrEqual])]")
  }

  @Test(arguments: [
    ("@model.parameters()", "call(@(model).parameters )"),
    ("@train.pre_transforms[2].a_max", "@(train.pre_transforms[2]).a_max"),
    ("@validate.dataset[0]", "@(validate.dataset)[int(0 0)]"),
    ("@train.handlers.CheckpointSaver.rank", "@(train.handlers.CheckpointSaver).rank"),
    ("@handlers[-1]", "@(handlers[-1])"),
    ("@pre_transforms.summary()", "call(@(pre_transforms).summary )"),
    ("x @ y", "matrixProduct(name(x),name(y))"),
    ("@x @ @y", "matrixProduct(@(x),@(y))"),
  ])
  func referencesEndWithTheElement(text: String, tree: String) throws {
    let sources = SourceStore()
    let source = sources.add(name: "", text: text)
    let parsed = try Parser.expression(text, at: TextOrigin(source), in: sources)
    #expect(TreeText.text(parsed) == tree)
  }

  @Test func pastedLinesOfAConfigBind() throws {
    let sources = SourceStore()
    let text = "\"loss\": {\"name\": \"DiceLoss\"},\n\"train\": {\"a\": 1, \"b\": 2}\n"
    let statements = try Parser.script(
      sources.add(name: "", text: text), in: sources, names: TestWorkspace.names)
    #expect(
      TreeText.text(statements)
        == "assign loss component(name(\"DiceLoss\") []  | )\n"
        + "section train [assign a int(1 1)\nassign b int(2 2)]")
  }

  @Test func aPastedBlockMayBeIndented() throws {
    let sources = SourceStore()
    let statements = try Parser.script(
      sources.add(name: "", text: "    x = 1\n    if x:\n        y = 2\n    z = 3\n"), in: sources)
    #expect(statements.count == 3)
  }

  @Test(arguments: [
    String(repeating: "(", count: 100_000),
    String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000),
    String(repeating: "{\"a\":", count: 20_000),
    String(repeating: "-", count: 20_000) + "1",
    String(repeating: "not ", count: 20_000) + "1",
    String(repeating: "lambda: ", count: 20_000) + "1",
    "1" + String(repeating: "**1", count: 20_000),
    "1" + String(repeating: "+1", count: 20_000),
    "x" + String(repeating: ".x", count: 20_000),
    "x" + String(repeating: "()", count: 20_000),
    "x" + String(repeating: " if x else x", count: 20_000),
    String(repeating: "f\"{", count: 1_000),
    (0..<1_000).map { String(repeating: " ", count: $0) + "if x:\n" }.joined(),
  ])
  func hostileNestingIsAnError(text: String) throws {
    let fault = try fault(text)
    #expect([.limit, .syntax].contains(fault.kind), "\(fault)")
    #expect(fault.place != nil)
  }

  @Test func nestingUpToTheBoundIsRead() throws {
    let depth = Parser.maximumDepth - 5
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(try evaluate(text).elements?.count == 1)
    #expect(try evaluate("1" + String(repeating: " + 1", count: 300)) == .int(301))
  }

  @Test func rubbishIsAnErrorWithAPlace() throws {
    var state: UInt64 = 88_172_645_463_325_252
    let pieces = [
      "(", ")", "[", "]", "{", "}", "<a>", "@b", "f\"{", "}\"", "'", "\"\"\"", "if ", ":\n  ", "\n",
      "x", "1e", "0x", "lambda ", "=", "+=", "for ", " in ", "\\", "#", "é", "\0", "\u{7F}", ".",
      ",",
      "train:", ">>> ", "not ", "as ", "...", "del ",
    ]
    for _ in 0..<2_000 {
      var text = ""
      for _ in 0..<12 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        text += pieces[Int(state >> 33) % pieces.count]
      }
      let sources = SourceStore()
      let source = sources.add(name: "rubbish", text: text)
      do { _ = try Parser.script(source, in: sources) } catch {
        #expect(error.place != nil, "\(text.debugDescription)")
      }
    }
  }
}
