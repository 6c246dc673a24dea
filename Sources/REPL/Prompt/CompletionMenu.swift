import Session

/// From what could be typed to what the line gets and what the screen shows.
enum CompletionMenu {
  /// - Parameters:
  ///   - typed: The part that stands left of the cursor already.
  ///   - columns: Width of the screen.
  static func completion(typed: String, _ found: Completions, columns: Int) -> Completion {
    let texts = found.items.map(\.text)
    guard let first = texts.first else { return .nothing }
    let common = texts.dropFirst().reduce(first) { commonPrefix($0, $1) }
    if common.hasPrefix(typed) {
      let insertion = String(common.dropFirst(typed.count))
      if texts.count == 1 || !insertion.isEmpty { return Completion(insertion: insertion) }
    } else if texts.count == 1 || common.count >= typed.count {
      // Typed in another letter case.
      return Completion(erased: typed.unicodeScalars.count, insertion: common)
    }
    return Completion(listing: found.listing(columns: columns, rows: 20))
  }

  private static func commonPrefix(_ a: String, _ b: String) -> String {
    String(zip(a, b).prefix { $0 == $1 }.map(\.0))
  }
}
