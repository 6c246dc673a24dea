/// Lines, indentation and pasted prompts.
extension Lexer {
  /// Skips blank lines and turns a change of indentation into tokens.
  mutating func beginLine() {
    while true {
      skipPrompt()
      let start = position
      var column = 0
      while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        column = byte == UInt8(ascii: "\t") ? (column / 8 + 1) * 8 : column + 1
        position += 1
      }
      if peek() == UInt8(ascii: "#") { skipComment() }
      if peek() == UInt8(ascii: "\r") { position += 1 }
      guard let byte = peek() else { return }
      if byte == UInt8(ascii: "\n") {
        position += 1
        continue
      }
      return indent(to: column, from: start)
    }
  }

  /// A pasted block may be indented as a whole: the first line sets the margin.
  private mutating func indent(to column: Int, from start: Int) {
    guard let current = indents.last else { return indents.append(column) }
    if column > current {
      indents.append(column)
      append(.indent, from: start)
    } else if column < current {
      while let deeper = indents.last, deeper > column, indents.count > 1 {
        indents.removeLast()
        append(.dedent, from: start)
      }
      if indents.last != column {
        fail("this line is indented like no line above it", from: start)
      }
    }
  }

  /// Prompts copied out of a document: `>>> `, `... `, `etude> `.
  mutating func skipPrompt() {
    while true {
      if startsWith(Array("etude> ".utf8)) {
        position += 7
      } else if isPrompt(UInt8(ascii: ">")) || isPrompt(UInt8(ascii: ".")) {
        position += peek(3) == UInt8(ascii: " ") ? 4 : 3
      } else {
        return
      }
    }
  }

  private func isPrompt(_ byte: UInt8) -> Bool {
    guard startsWith([byte, byte, byte]) else { return false }
    switch peek(3) {
    case nil, UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"): return true
    default: return false
    }
  }

  mutating func finish() {
    let start = position
    if hasLines, brackets.isEmpty {
      if case .newline = tokens.last?.kind {} else { append(.newline, from: start) }
      while indents.count > 1 {
        indents.removeLast()
        append(.dedent, from: start)
      }
    }
    append(.end, from: start)
  }
}
