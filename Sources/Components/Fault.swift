/// What went wrong, as data. The words of the screen are put together in Script's Diagnostics.
///
/// `message` is one line in the user's words, lower case, without the place; the rest is shown
/// under it: where, got and wanted, the nearest right name, and one line to try.
public struct Fault: Error, Sendable, Equatable {
  public enum Kind: String, Sendable {
    case syntax, unknownName, unknownArgument, missingArgument, wrongType, outOfRange, invalid
    case cycle, shape, data, file, format, state, limit, numeric, unsupported, interrupted, usage
  }

  public var kind: Kind
  public var message: String
  public var got: String?
  public var wanted: String?
  /// The nearest right name, when a name was misspelt.
  public var suggestion: String?
  /// One line that can be pasted or typed.
  public var remedy: String?
  /// The way from the component down to the argument at fault: `["keys"]`, `["load_dict", "model"]`.
  public var argument: [String]
  public var place: Place?
  /// The place inside a config: `train.handlers.#2.args.save_dir`.
  public var path: String?
  public var notes: [String]

  public init(
    _ kind: Kind, _ message: String, got: String? = nil, wanted: String? = nil,
    suggestion: String? = nil, remedy: String? = nil, argument: [String] = [],
    place: Place? = nil, path: String? = nil, notes: [String] = []
  ) {
    (self.kind, self.message, self.got, self.wanted) = (kind, message, got, wanted)
    (self.suggestion, self.remedy, self.argument) = (suggestion, remedy, argument)
    (self.place, self.path, self.notes) = (place, path, notes)
  }
}

/// A stretch of a source, with the line it stands on so that a caret can be drawn later.
public struct Place: Sendable, Hashable {
  /// File name, or `<input>`, `<command line>`, `cell 3`.
  public var source: String
  /// From 1; columns count Unicode scalars.
  public var line: Int
  public var column: Int
  public var length: Int
  public var lineText: String

  public init(source: String, line: Int, column: Int, length: Int = 1, lineText: String = "") {
    (self.source, self.line, self.column) = (source, line, column)
    (self.length, self.lineText) = (length, lineText)
  }
}

extension Fault {
  public static func wrongType(wanted: String, got value: Value) -> Fault {
    var got = value.kindName
    if case .none = value {} else { got += " " + value.shortened }
    var fault = Fault(.wrongType, "wrong type", got: got, wanted: wanted)
    // A number in quotes is a text.
    if case .string(let text) = value,
      wanted == "int" && Int(text) != nil || wanted == "float" && Double(text) != nil
        || wanted == "bool" && ["true", "false"].contains(text)
    {
      fault.remedy = text
    }
    return fault
  }

  public static func unknown(
    _ what: String, _ name: String, among known: some Sequence<String>
  ) -> Fault {
    Fault(
      .unknownName, "no \(what) is called \(name.quoted)",
      suggestion: Spelling.nearest(to: name, among: known))
  }

  public static func unsupported(_ message: String, remedy: String? = nil) -> Fault {
    Fault(.unsupported, message, remedy: remedy)
  }

  /// The same fault, seen from one argument further out.
  public func inArgument(_ name: String) -> Fault {
    var fault = self
    fault.argument.insert(name, at: 0)
    return fault
  }

  public func at(_ place: Place?, path: String? = nil) -> Fault {
    var fault = self
    fault.place = fault.place ?? place
    fault.path = fault.path ?? path
    return fault
  }
}

extension Value {
  /// At most 40 characters of `description`, for messages.
  public var shortened: String {
    let text = description
    return text.count <= 40 ? text : text.prefix(37) + "..."
  }
}
