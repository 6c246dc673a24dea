import Foundation
import Testing

@testable import Script

/// `editors/vscode/syntaxes/etude.tmLanguage.json` sees the words that the lexer sees.
@Suite struct EditorGrammarTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func grammar() throws -> EditorGrammar {
    try EditorGrammar(
      Self.root.appendingPathComponent("editors/vscode/syntaxes/etude.tmLanguage.json"))
  }

  private static func scope(of kind: Token.Kind) -> String? {
    switch kind {
    case .name: "variable.|entity."
    case .keyword(.true), .keyword(.false), .keyword(.none): "constant.language."
    case .keyword(.and), .keyword(.or), .keyword(.not), .keyword(.in), .keyword(.is):
      "keyword.operator.word."
    case .keyword: "keyword.control."
    case .int, .double: "constant.numeric."
    case .string, .formatted: "string."
    case .variable: "variable.other.config."
    case .referenceMark: "variable.other.reference."
    case .symbol: "keyword.operator.|punctuation.|variable.other.property."
    case .newline, .indent, .dedent, .end: nil
    case .fault, .openString, .openLine: "invalid."
    }
  }

  /// - Parameter code: stretches of the text that are code.
  private func compare(_ text: String, _ code: [Range<Int>], _ name: String) throws {
    let scopes = try grammar().scopes(of: text)
    for range in code {
      var lexer = Lexer(Array(text.utf8), range, hasLines: true)
      lexer.run()
      for token in lexer.tokens {
        guard let wanted = Self.scope(of: token.kind) else { continue }
        let scope = scopes[token.start] ?? "none"
        #expect(
          wanted.split(separator: "|").contains { scope.hasPrefix($0) },
          "\(name), byte \(token.start), \(token.text): \(scope)")
      }
    }
  }

  @Test func everyKindOfWord() throws {
    let text = """
      learning_rate = 2e-4; x = 0x1f + .5 - 1_000 ** 2 // 3 % 4
      model = UNet(spatial_dims=3, channels=[4, 8]) as first
      optimizer = Adam(params=@model.parameters(), lr=<learning_rate>)
      a = [i * 2 for i in range(3) if not i == 1 or i >= 2 and i is not None]
      s = f"loss {x:.3f} {'name'!r}" + r'\\d' + 'it\\'s' + "#not a comment"  # a comment
      t = \"\"\"two
      lines # still \\\"\"\" text\"\"\"
      größe = x.T @ x
      def f(x, y=1):
          return lambda z: x if True else {"name": "DiceLoss", "args": {"softmax": true}}
      assert a != s, 'no'
      del train.handlers[0]
      """
    try compare(text, [0..<text.utf8.count], "words")
  }

  @Test func everyNotebookIsColouredAsTheLexerReadsIt() throws {
    let folder = Self.root.appendingPathComponent("notebooks")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".etude") }.sorted()
    #expect(names.count >= 9)
    for name in names {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      let code = NotebookScript(text).cells.filter { cell in
        // Lines that begin with % or ? are no words of the language.
        cell.kind == .code
          && !cell.text.split(separator: "\n").contains { "%?".contains($0.first ?? " ") }
      }.map(\.range)
      try compare(text, code, name)
    }
  }
}
