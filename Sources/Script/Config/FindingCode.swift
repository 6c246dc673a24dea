import Components

/// The lasting name of a kind of mistake; words and places change, this does not.
public struct FindingCode: Sendable, Hashable {
  /// In kebab case.
  public let name: String
  /// One line, for the reference.
  public let meaning: String

  public init(_ name: String, _ meaning: String) { (self.name, self.meaning) = (name, meaning) }
}

extension FindingCode {
  public static let nothingToRun = FindingCode(
    "nothing-to-run", "The config has nothing that could be trained or evaluated.")

  /// The code of what no rule names more closely.
  public init(of kind: Fault.Kind) {
    self = Self.ofKinds.first { $0.kind == kind }?.code ?? .invalid
  }

  private static let invalid = FindingCode(
    "invalid", "A value, or a pair of values, has no meaning.")

  /// The codes that follow from the kind of a fault alone.
  public static let ofKinds: [(kind: Fault.Kind, code: FindingCode)] = [
    (.syntax, FindingCode("syntax", "The text of a file or of an expression does not parse.")),
    (.unknownName, FindingCode("unknown-name", "Nothing has this name.")),
    (.unknownArgument, FindingCode("unknown-argument", "The component takes no such argument.")),
    (.missingArgument, FindingCode("missing-argument", "A required argument is not given.")),
    (.wrongType, FindingCode("wrong-type", "A value is of another type than its place takes.")),
    (.outOfRange, FindingCode("out-of-range", "A value is beyond what its place takes.")),
    (.invalid, invalid),
    (.cycle, FindingCode("cycle", "Things need each other to be built first.")),
    (.shape, FindingCode("shape", "Sizes do not fit.")),
    (.data, FindingCode("data", "The data are not as the config takes them to be.")),
    (.file, FindingCode("file", "A file or folder is not there or cannot be used.")),
    (.format, FindingCode("format", "The content of a file is not what its name says.")),
    (.state, FindingCode("state", "Something is disabled, or there is nothing to run.")),
    (.limit, FindingCode("limit", "A bound on size, depth or time was passed.")),
    (.numeric, FindingCode("numeric", "A computation has no result.")),
    (.unsupported, FindingCode("unsupported", "This program cannot do it.")),
    (.interrupted, FindingCode("interrupted", "Somebody asked to stop.")),
    (.usage, FindingCode("usage", "Something was typed wrongly on the command line.")),
  ]
}
