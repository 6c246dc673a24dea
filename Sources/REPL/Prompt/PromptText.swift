/// The prompts: seven columns wide, so that continued lines stand under the first.
enum PromptText {
  static let plain = "etude> "

  /// The first line's prompt. The editor must not count the escapes, which stand between \1; it
  /// drops what follows the last character, so the colour ends before the final blank.
  static func first(colored: Bool) -> String { colored ? green("etude>") + " " : plain }

  /// The prompt of a further line: what is still open, right-aligned.
  static func next(open: String, colored: Bool) -> String {
    let mark = open + ">"
    let blanks = String(repeating: " ", count: max(0, plain.count - 1 - mark.count))
    return blanks + (colored ? green(mark) : mark) + " "
  }

  private static func green(_ text: String) -> String {
    "\u{1}\u{1B}[32m\u{1}\(text)\u{1}\u{1B}[0m\u{1}"
  }
}
