import Components

/// Says on a screen what a fault is: what is wrong, where, what stood there and what should, the name
/// that was probably meant, and a line to try.
///
///     error: AdamW has no argument "lrr"
///       config_train.json:12:9  train.optimizer.args.lrr
///       12 |     "lrr": 0.001,
///          |     ^^^^^
///       did you mean lr?
public struct FaultScreen: Sendable {
  /// Columns of the screen; longer source lines are cut around the caret, other lines are wrapped.
  public var width: Int
  /// Whether to use colour: for terminals, unless `NO_COLOR` asks otherwise.
  public var hasColor: Bool
  /// For screens that show nothing but ASCII.
  public var isASCII: Bool

  public init(width: Int = 100, hasColor: Bool = false, isASCII: Bool = false) {
    (self.width, self.hasColor, self.isASCII) = (max(24, width), hasColor, isASCII)
  }

  /// Several lines, the last one with its newline.
  public func text(_ fault: Fault, severity: Finding.Severity = .error) -> String {
    var lines = wrapped(
      paint(severity.word, severity.color) + ": ", ScreenText.clean(fault.headline), indent: 2)
    if let place = fault.place { lines += self.lines(of: place, path: fault.path, severity) }
    if fault.place == nil, let path = fault.path { lines.append("  " + ScreenText.clean(path)) }
    let facts = [fault.got.map { "got " + $0 }, fault.wanted.map { "wanted " + $0 }]
      .compactMap { $0 }.joined(separator: ", ")
    if !facts.isEmpty { lines += wrapped("  ", ScreenText.clean(facts), indent: 4) }
    if let suggestion = fault.suggestion {
      lines += wrapped("  ", "did you mean \(ScreenText.clean(suggestion))?", indent: 4)
    }
    if let remedy = fault.remedy {
      // The line is there to be pasted: never broken.
      lines.append("  " + paint("try:", .bold) + " " + ScreenText.clean(remedy))
    }
    for note in fault.notes { lines += wrapped("  ", ScreenText.clean(note), indent: 4) }
    let text = lines.joined(separator: "\n") + "\n"
    return isASCII ? ScreenText.ascii(text) : text
  }

  private func lines(
    of place: Place, path: String?, _ severity: Finding.Severity
  ) -> [String] {
    let location = "\(place.source):\(place.line):\(place.column)"
    var lines = ["  " + ScreenText.clean(location + (path.map { "  " + $0 } ?? ""))]
    let number = String(place.line)
    guard place.lineText.contains(where: { !$0.isWhitespace }) else { return lines }
    let excerpt = SourceExcerpt(place, width: width - number.count - 6, isASCII: isASCII)
    let margin = String(repeating: " ", count: number.count)
    lines.append("  \(paint(number, .dim)) | \(excerpt.text)".trimmingTrailingBlanks)
    lines.append("  \(margin) | \(excerpt.blanks)" + paint(excerpt.carets, severity.color))
    return lines
  }

  private func wrapped(_ lead: String, _ text: String, indent: Int) -> [String] {
    ScreenText.wrapped(lead, text, indent: indent, width: width)
  }

  private func paint(_ text: String, _ color: TextStyle.Color) -> String {
    TextStyle(hasColor: hasColor).paint(text, color)
  }
}

extension Finding.Severity {
  var word: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .note: "note"
    }
  }

  fileprivate var color: TextStyle.Color {
    switch self {
    case .error: .red
    case .warning: .yellow
    case .note: .blue
    }
  }
}

extension Fault {
  /// The message, after the argument it is about unless it names that itself.
  var headline: String {
    guard let last = argument.last, !message.contains(last) else { return message }
    return argument.joined(separator: ".") + ": " + message
  }
}

extension String {
  fileprivate var trimmingTrailingBlanks: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
