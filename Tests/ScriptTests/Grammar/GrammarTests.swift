import Components
import Foundation
import Script
import Testing

/// docs/grammar.txt and the parser say the same.
@Suite struct GrammarTests {
  private let grammar: Grammar

  init() throws { grammar = try Grammar() }

  private func fault(_ text: String) -> Fault? {
    let sources = SourceStore()
    do {
      _ = try Parser.script(
        sources.add(name: "sentence", text: text), in: sources, names: TestWorkspace.names)
      return nil
    } catch { return error }
  }

  @Test func everySentenceOfTheGrammarIsParsed() {
    var taken: Set<String> = []
    for seed in 0..<4_000 {
      var sentences = Sentences(grammar, seed: UInt64(seed))
      // Half of them are single expressions, which get deeper so.
      let text =
        seed % 2 == 0
        ? sentences.script(depth: 6 + seed % 14) : sentences.expression(depth: 12 + seed % 12)
      if text.utf8.count < 20_000 {
        let fault = fault(text)
        #expect(fault == nil, "\(seed): \(fault?.message ?? "") in \(text)")
        if fault != nil { return }
        taken.formUnion(sentences.taken)
      }
    }
    let missing = Sentences.alternatives(of: grammar).subtracting(taken)
    #expect(missing.isEmpty, "never taken: \(missing.sorted())")
  }

  @Test(arguments: SnippetTests.files.filter { !$0.hasPrefix("errors/syntax") })
  func everySnippetIsInTheGrammar(file: String) throws {
    let recognizer = Recognizer(grammar)
    for script in try SnippetTests.scripts(of: file) {
      #expect(recognizer.objection(to: script) == nil, "\(file): \(script)")
    }
  }

  @Test func everyExampleOfTheManualIsInTheGrammar() throws {
    let recognizer = Recognizer(grammar)
    let manual = Grammar.file.deletingLastPathComponent().appending(path: "language.md")
    var entries: [String] = []
    for line in try String(contentsOf: manual, encoding: .utf8).components(separatedBy: "\n") {
      if line.hasPrefix("etude> ") {
        entries.append(line + "\n")
      } else if line.hasPrefix("... ") || line == "...", let last = entries.indices.last {
        entries[last] += line + "\n"
      }
    }
    #expect(entries.count > 100)
    for entry in entries where fault(entry) == nil {
      #expect(recognizer.objection(to: entry) == nil, "\(entry)")
    }
  }

  /// What is almost a sentence is refused by both.
  @Test(arguments: [
    "x = ", "x = 1 2", "x = y = z", "x + = 3", "1 = x", "f(x) = 3", "x.1", "@", "@3", "@ = 3",
    "a if b", "a if b else", "if a:", "if a: pass else: pass", "else: pass", "elif a: pass",
    "for x: pass", "for in xs: pass", "for 1 in xs: pass", "for x.y in xs: pass",
    "def f: pass", "def (a): pass", "def f(1): pass", "def f(a=1, b): pass", "def f(a,,b): pass",
    "lambda x", "lambda 1: x", "lambda x=1, y: x", "[1, , 2]", "[1 2]", "[for x in xs]",
    "[x for x]", "[x for in xs]", "{1}", "{a: }", "{: 1}", "{a: 1 b: 2}", "(1", "1)", "[1", "{a: 1",
    "f(a b)", "f(a=1, b)", "f(=1)", "f(,)", "x[]", "x[1", "x[1:2:3:4]", "a b", "a <b> c",
    "not", "a not b", "a in", "a is", "a == not b", "a and", "or b", "-", "a **", "a * / b",
    "a ++", "del", "del 3", "assert", "return return", "pass pass", "\"loss\": ", "\"a b\": 3",
    "x as y", "f(x) as", "UNet(a=1) as", "train: ", "validate:", "x; ; y", "; x",
    "  x\n y", "x\n  y", "a.b.", "a..b", "x = [1\ny = 2", "0777", "1__0", "0x", "0x_1", "1_",
    "12ab", "'abc", "r\"a\nb\"", "x := 3", "x |= 3", "a <> b", "a ? b", "a & b", "$x",
    "*x", "**x", "f(*x)", "x, = ", "import x", "class A: pass", "while a: pass", "{1, 2}",
  ])
  func nearMissesAreRefusedByBoth(text: String) {
    let line = text + "\n"
    #expect(fault(line) != nil, "the parser reads \(text)")
    #expect(Recognizer(grammar).objection(to: line) != nil, "the grammar derives \(text)")
  }
}
