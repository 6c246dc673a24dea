import Components

/// What came of reading a text.
public enum ParseOutcome: Sendable {
  case statements([Statement])
  /// More lines are needed: the prompt goes on reading.
  case incomplete(Incomplete)
  case fault(Fault)
}

/// What is still open at the end of a text.
public struct Incomplete: Sendable, Error {
  public enum Opening: Sendable, Hashable {
    /// `(`, `[` or `{`
    case bracket(String)
    /// A statement that ended in `:`, by its keyword.
    case block(String)
    case tripleQuote
    /// A line that ended in `\`.
    case continuation
  }

  public var opening: Opening
  public var span: Span
  /// Where the opening stands, for the message of a file that ends too early.
  public var place: Place

  /// The same as a mistake: nothing more will come.
  public var fault: Fault {
    let message =
      switch opening {
      case .bracket(let bracket): "this \(bracket) is never closed"
      case .block(let keyword): "the lines of this \(keyword) are missing"
      case .tripleQuote: "this string is never closed"
      case .continuation: "nothing follows this \\"
      }
    return Fault(.syntax, message, place: place)
  }
}

/// How the parser stops. Boxed, since every frame of the recursion has room for one.
indirect enum ParseStop: Error {
  case fault(Fault)
  case incomplete(Incomplete)

  var fault: Fault {
    switch self {
    case .fault(let fault): fault
    case .incomplete(let incomplete): incomplete.fault
    }
  }
}
