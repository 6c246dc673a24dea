import Components

/// A source line as far as the screen is wide, and the carets below it.
struct SourceExcerpt {
  let text: String
  let blanks: String
  let carets: String

  init(_ place: Place, width: Int, isASCII: Bool) {
    let ellipsis = isASCII ? "..." : "…"
    let scalars = ScreenText.clean(place.lineText).unicodeScalars.map {
      // One mark for one character, so that the carets stay below what they mean.
      isASCII && !$0.isASCII ? "?" : $0
    }
    let start = min(max(0, place.column - 1), scalars.count)
    let end = min(max(start + 1, start + place.length), max(scalars.count, start + 1))
    var (from, to) = (0, scalars.count)
    if ScreenText.width(of: scalars[...]) > width {
      // The caret stands in the first third, so that more of what follows is seen.
      let room = max(8, width - 2 * ellipsis.unicodeScalars.count)
      from = max(0, min(start - room / 3, scalars.count - room))
      to = min(scalars.count, from + room)
      while to > from + 1, ScreenText.width(of: scalars[from..<to]) > room { to -= 1 }
    }
    let lead = from > 0 ? ellipsis : ""
    let tail = to < scalars.count ? ellipsis : ""
    text = lead + String(String.UnicodeScalarView(scalars[from..<to])) + tail
    let before = ScreenText.width(of: scalars[from..<max(from, min(start, to))])
    blanks = String(repeating: " ", count: lead.unicodeScalars.count + before)
    let marked = start < to ? ScreenText.width(of: scalars[start..<max(start, min(end, to))]) : 1
    carets = String(repeating: "^", count: max(1, marked))
  }
}
