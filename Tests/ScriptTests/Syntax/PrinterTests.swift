import Components
import Script
import Testing

@Suite struct PrinterTests {
  private let printer = Printer(names: TestWorkspace.names)

  private func parse(_ text: String) throws -> [Statement] {
    let sources = SourceStore()
    return try Parser.script(
      sources.add(name: "test", text: text), in: sources, names: TestWorkspace.names)
  }

  private func expression(_ text: String) throws -> Expression {
    let sources = SourceStore()
    let source = sources.add(name: "test", text: text)
    return try Parser.expression(
      text, at: TextOrigin(source), in: sources, names: TestWorkspace.names)
  }

  @Test(arguments: SnippetTests.files.filter { !$0.hasPrefix("errors/syntax") })
  func snippetsReadBack(file: String) throws {
    for script in try SnippetTests.scripts(of: file) {
      let tree = try parse(script)
      let printed = printer.text(tree)
      #expect(TreeText.text(try parse(printed)) == TreeText.text(tree), "\(printed)")
    }
  }

  @Test(arguments: 0..<400) func randomTreesReadBack(seed: Int) throws {
    var random = RandomTree(seed: UInt64(seed + 1))
    let tree = random.tree(1 + seed % 5)
    let flat = printer.text(tree)
    let again = TreeText.text(try expression(flat))
    #expect(again == TreeText.text(tree), "\(flat)\n\(again)\n\(TreeText.text(tree))")
    let broken = printer.layout(tree, width: 20)
    #expect(TreeText.text(try expression(broken)) == TreeText.text(tree), "\(broken)")
  }

  @Test(arguments: [
    "train.loss = DiceLoss(to_onehot_y=True, softmax=True)",
    "x = 2e-4 + 0x1F * 1_000",
    "y = (a + b) * c - d ** -2",
    "f = lambda x: x[\"loss\"]",
    "z = [i for i in xs if i > 2]",
    "Adam(params=@model.parameters(), lr=<learning_rate>)",
    "LoadImaged(keys=[\"image\"]) as first as b",
    "x if a else y",
    "not (a and b) or c",
    "a[1:, ::2]",
    "{\"name\": \"Frank\", \"args\": {}}",
    "p = r\"{x}\"",
    "runs[name] = 3",
    "a, b = (1, 2)",
    "x += 1;",
    "f\"{x:.3f} of {y['a']!r}\"",
  ])
  func keepsGoodText(text: String) throws {
    #expect(printer.text(try parse(text)) == text + "\n")
  }

  @Test func leavesOutNeedlessBrackets() throws {
    #expect(printer.text(try expression("((a)) + (b * c)")) == "a + b * c")
    #expect(printer.text(try expression("-(1)")) == "-(1)")
    #expect(printer.text(try expression("(1).real")) == "(1).real")
  }

  @Test func breaksLongComponentsOverLines() throws {
    let tree = try expression("UNet(channels=[16, 32, 64], norm=\"batch\", strides=(2, 2, 2))")
    #expect(
      printer.layout(tree, width: 40) == """
        UNet(
          channels=[16, 32, 64],
          norm="batch",
          strides=(2, 2, 2),
        )
        """)
  }

  @Test func blocksHaveFourColumns() throws {
    let text = """
      def f(a, b=1):
          if a > b:
              return a
          elif b:
              pass
          else:
              return b
      train:
          loss = DiceLoss()

      """
    #expect(printer.text(try parse(text)) == text)
  }

  @Test func aVariableInAConfigStringIsPrintedInBraces() {
    let span = Span(SourceID(0), 0, 0)
    let tree = Expression(.template([.variable("DIR"), .text("/a{b}.ts")]), span)
    #expect(printer.text(tree) == "\"{DIR}/a{{b}}.ts\"")
  }
}
