import Components

/// One state of a run's live line.
struct ProgressState {
  /// `12/1260`, or what is done: `validation`.
  var title: String
  var done: Int
  var count: Int
  var facts: [String] = []
  /// Speed and time: true for now only.
  var passing: [String] = []

  var text: String {
    let head = (title.isEmpty ? "" : title + " ") + bar
    return ([head] + facts + passing).joined(separator: "  ")
  }

  var output: RichOutput {
    let words = ([title] + ["\(done)/\(count)"] + facts + passing).filter { !$0.isEmpty }
    return RichOutput(
      text,
      html: "<div class=\"etude-live\"><progress value=\"\(done)\" max=\"\(count)\"></progress> "
        + words.joined(separator: " · ") + "</div>")
  }

  private var bar: String {
    let width = 5
    let filled = count > 0 ? min(width, done * width / count) : 0
    let cells =
      String(repeating: "█", count: filled) + String(repeating: " ", count: width - filled)
    return "▕\(cells)▏ \(done)/\(count)"
  }
}
