import Components

/// What the cursor of an editor stands in: enough for completion to know what may follow, found in
/// text that need not be complete, nor right.
public struct CursorContext: Sendable, Equatable {
  /// What is being typed. The typed part reaches from `start` to the cursor.
  public enum Subject: Sendable, Equatable {
    /// A bare name, perhaps empty.
    case word(String)
    /// `@na`
    case reference(String)
    /// `<na`
    case variable(String)
    /// `x.na`
    case member(of: Chain, String)
    /// Inside quotes; the text is as written, escapes and all.
    case string(String, quote: String)
    /// `x["na`
    case key(of: Chain, String, quote: String)
    /// A number, a comment: nothing to complete.
    case nothing
  }

  public var subject: Subject
  /// Offset in UTF-8 bytes at which the typed part begins.
  public var start: Int
  /// The call that the cursor is an argument of, brackets of lists and dicts between them left out.
  public var call: Call?
  /// The section whose names come first: of the block or of the path that is assigned.
  public var section: Section?

  /// A call that is open at the cursor, `UNet(` or the `args` of a component written as JSON.
  public struct Call: Sendable, Equatable {
    public var callee: Chain
    /// Arguments that are written already, on both sides of the cursor.
    public var written: Set<String>
    /// Arguments without a name before the one at the cursor.
    public var positional: Int
    /// The name of the argument whose value is being typed.
    public var argument: String?
    /// Nothing but the typed part stands in this argument.
    public var isArgumentStart: Bool
    /// The arguments are keys of a JSON object.
    public var isJSON: Bool
    /// Lists and dicts between the call and the cursor.
    public var depth: Int
  }

  /// Something with steps after it: `@train.handlers[2]`, `x[0]["image"]`.
  public struct Chain: Sendable, Equatable {
    public enum Root: Sendable, Equatable {
      case name(String)
      case reference(String)
      /// A literal, by the word for its kind.
      case literal(String)
    }
    public var root: Root
    public var steps: [Path.Step]

    public init(_ root: Root, _ steps: [Path.Step] = []) { (self.root, self.steps) = (root, steps) }

    /// `monai.networks.nets.UNet`, when it is nothing but names.
    public var dottedName: String? {
      guard case .name(let name) = root else { return nil }
      var parts = [name]
      for step in steps {
        guard case .name(let part) = step else { return nil }
        parts.append(part)
      }
      return parts.joined(separator: ".")
    }
  }

  /// - Parameter cursor: Offset in UTF-8 bytes, on the border of a character.
  public init(_ text: String, cursor: Int) {
    let reader = CursorReader(Array(text.utf8), cursor: min(cursor, text.utf8.count))
    (subject, start) = reader.subject
    call = reader.call(for: subject)
    section = reader.section
  }
}
