import Components

/// One word of a text, at byte offsets of that text.
struct Token: Sendable {
  /// A statement may begin after it.
  var endsStatement: Bool {
    switch kind {
    case .newline, .indent, .dedent, .symbol(.semicolon), .symbol(.colon): true
    default: false
    }
  }

  enum Kind: Sendable {
    case name(String)
    case keyword(Keyword)
    case int(Int, spelling: String)
    case double(Double, spelling: String)
    // Boxed, as the fault is: tokens are copied often, and the parser recurses.
    indirect case string(StringLiteral)
    /// The body between the quotes of `f"…"`; the parser reads it.
    case formatted(Range<Int>, isRaw: Bool)
    /// `<name>`
    case variable(String)
    /// `@` where an operand may begin; a name follows.
    case referenceMark
    case symbol(Symbol)
    case newline, indent, dedent, end
    /// Nothing sensible can be read from here on.
    indirect case fault(Fault)
    /// `"""` or `'''` that is never closed.
    case openString
    /// A `\` that ends the text.
    case openLine
  }

  var kind: Kind
  var start: Int
  var end: Int
}

enum Keyword: String, Sendable {
  case and, or, not, `in`, `is`, `if`, `elif`, `else`, `for`, lambda, assert, def, `return`, del
  case `as`, pass
  case `true` = "True"
  case `false` = "False"
  case none = "None"

  /// JSON's three words are the same three values.
  init?(spelling: String) {
    switch spelling {
    case "true": self = .true
    case "false": self = .false
    case "null": self = .none
    default:
      guard let keyword = Keyword(rawValue: spelling) else { return nil }
      self = keyword
    }
  }

  /// What may follow is an operand, so `<name>` and `@name` are tokens there.
  var precedesOperand: Bool {
    switch self {
    case .true, .false, .none: false
    default: true
    }
  }

  /// Words of Python that this language leaves out: why, and what to write instead.
  static func refusal(of word: String) -> (message: String, remedy: String?)? {
    switch word {
    case "import", "from":
      ("imports are not needed: components and functions are known by name", nil)
    case "class": ("there are no classes here: write a def or a component", "def f(x): return x")
    case "while": ("there is no while: write for … in range(n)", "for i in range(100):")
    case "try", "except", "finally":
      ("there is no \(word): an error stops the cell, and what ran before it stays", nil)
    case "raise": ("there is no raise: an assertion stops the cell", "assert False, \"message\"")
    case "with": ("there is no with: load, save and show open and close their files", nil)
    case "global", "nonlocal":
      ("there is no \(word): a function returns what it computes", "def f(x): return x + 1")
    case "break", "continue":
      (
        "there is no \(word): filter the list that the loop runs over",
        "for x in [x for x in xs if x > 0]:"
      )
    case "yield": ("there is no yield: write a list", "[f(x) for x in xs]")
    case "async", "await": ("there is no \(word): every call runs to its end", nil)
    default: nil
    }
  }
}

enum Symbol: String, Sendable {
  case openParen = "(", closeParen = ")", openBracket = "[", closeBracket = "]"
  case openBrace = "{", closeBrace = "}"
  case comma = ",", colon = ":", semicolon = ";", dot = "."
  case assign = "=", addAssign = "+=", subtractAssign = "-=", multiplyAssign = "*="
  case divideAssign = "/="
  case plus = "+", minus = "-", star = "*", slash = "/", doubleSlash = "//", percent = "%"
  case power = "**", at = "@"
  case equal = "==", notEqual = "!=", less = "<", lessOrEqual = "<=", greater = ">"
  case greaterOrEqual = ">="

  /// The symbol of one byte.
  init?(byte: UInt8) {
    switch byte {
    case UInt8(ascii: "("): self = .openParen
    case UInt8(ascii: ")"): self = .closeParen
    case UInt8(ascii: "["): self = .openBracket
    case UInt8(ascii: "]"): self = .closeBracket
    case UInt8(ascii: "{"): self = .openBrace
    case UInt8(ascii: "}"): self = .closeBrace
    case UInt8(ascii: ","): self = .comma
    case UInt8(ascii: ":"): self = .colon
    case UInt8(ascii: ";"): self = .semicolon
    case UInt8(ascii: "."): self = .dot
    case UInt8(ascii: "="): self = .assign
    case UInt8(ascii: "+"): self = .plus
    case UInt8(ascii: "-"): self = .minus
    case UInt8(ascii: "*"): self = .star
    case UInt8(ascii: "/"): self = .slash
    case UInt8(ascii: "%"): self = .percent
    case UInt8(ascii: "<"): self = .less
    case UInt8(ascii: ">"): self = .greater
    default: return nil
    }
  }

  /// The symbol that this one and the byte after it make.
  func joined(with next: UInt8) -> Symbol? {
    switch (self, next) {
    case (.assign, UInt8(ascii: "=")): .equal
    case (.plus, UInt8(ascii: "=")): .addAssign
    case (.minus, UInt8(ascii: "=")): .subtractAssign
    case (.star, UInt8(ascii: "=")): .multiplyAssign
    case (.slash, UInt8(ascii: "=")): .divideAssign
    case (.greater, UInt8(ascii: "=")): .greaterOrEqual
    case (.star, UInt8(ascii: "*")): .power
    case (.slash, UInt8(ascii: "/")): .doubleSlash
    default: nil
    }
  }

  var isCloser: Bool { self == .closeParen || self == .closeBracket || self == .closeBrace }
}

extension Token {
  /// After this token an operand may begin, so `<x>` is a variable and `@x` a reference.
  var precedesOperand: Bool {
    switch kind {
    case .name, .int, .double, .string, .formatted, .variable: false
    case .keyword(let keyword): keyword.precedesOperand
    case .symbol(let symbol): !symbol.isCloser
    default: true
    }
  }

  /// How errors name it.
  var text: String {
    switch kind {
    case .name(let name): name
    case .keyword(let keyword): keyword.rawValue
    case .int(_, let spelling), .double(_, let spelling): spelling
    case .string, .formatted, .openString: "a string"
    case .variable(let name): "<\(name)>"
    case .referenceMark: "@"
    case .symbol(let symbol): symbol.rawValue
    case .newline: "the end of the line"
    case .indent: "an indented line"
    case .dedent: "the end of the block"
    case .end, .openLine, .fault: "the end of the text"
    }
  }
}
