import Components
import Glibc

/// Where a picture goes that no file was named for.
public enum Screen: Sendable, Equatable {
  /// Characters: whatever reads them.
  case characters
  /// Bytes that the terminal draws; the name of gnuplot's terminal that makes them.
  case inline(String)
  /// A window; the name of gnuplot's terminal that opens it.
  case window(String)

  private static let windows = ["qt", "wxt", "x11"]
  /// Terminals by the names they go by in `TERM` and `TERM_PROGRAM`, each with a form it can draw.
  private static let drawing = [
    ("kitty", "kittycairo"), ("ghostty", "kittycairo"), ("sixel", "sixelgd"), ("foot", "sixelgd"),
    ("mlterm", "sixelgd"), ("contour", "sixelgd"), ("wezterm", "sixelgd"),
  ]

  /// `GNUTERM` first; then a window where there is a display; then what the terminal says it can draw.
  ///
  /// - Parameters:
  ///   - variables: of the environment.
  ///   - terminals: those that gnuplot was built with; asked for only when it matters.
  public init(
    variables: (String) -> String? = { getenv($0).map { String(cString: $0) } },
    terminals: () throws(Fault) -> [String]
  ) throws(Fault) {
    func variable(_ name: String) -> String? { variables(name).flatMap { $0.isEmpty ? nil : $0 } }
    self = .characters
    if let named = variable("GNUTERM")?.prefix(while: { $0 != " " }).lowercased() {
      if named == "dumb" { return }
      if try terminals().contains(named) {
        if Self.windows.contains(named) { self = .window(named) }
        if Self.drawing.contains(where: { $0.1 == named }) { self = .inline(named) }
        if self != .characters { return }
      }
    }
    if variable("DISPLAY") ?? variable("WAYLAND_DISPLAY") != nil {
      let known = try terminals()
      if let window = Self.windows.first(where: known.contains) {
        self = .window(window)
        return
      }
    }
    let claim = ["TERM", "TERM_PROGRAM"].compactMap { variable($0)?.lowercased() }
    for (name, terminal) in Self.drawing where claim.contains(where: { $0.contains(name) }) {
      if try terminals().contains(terminal) {
        self = .inline(terminal)
        return
      }
    }
  }
}
