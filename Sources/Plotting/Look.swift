import Glibc

/// What a picture lies on: a bright page or a dark one.
public enum Theme: String, CaseIterable, Sendable { case light, dark }

/// The one look of all pictures.
///
/// The colours of lines are Okabe and Ito's without the yellow: told apart with any kind of colour
/// vision, in this order also by lightness. On a dark page they are the same hues, brighter.
struct Look: Sendable {
  static let font = "DejaVu Sans"
  /// What stands in where that font is missing.
  static let fontFamily = "\(font), Verdana, Helvetica, Arial, sans-serif"

  let page: String
  let text: String
  let frame: String
  let grid: String
  let lines: [String]
  /// Shares from nothing to all, in tenths.
  let ramp: [String]
  /// Text on the upper half of the ramp.
  let onRamp: String

  static func of(_ theme: Theme) -> Look { theme == .light ? light : dark }

  static let light = Look(
    page: "#ffffff", text: "#222222", frame: "#8c8c8c", grid: "#e4e4e4",
    lines: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"],
    ramp: steps(from: (0xee, 0xf4, 0xfa), to: (0x08, 0x45, 0x8c)), onRamp: "#fdfdfd")

  static let dark = Look(
    page: "#14171c", text: "#dcdfe4", frame: "#7d838c", grid: "#2c3139",
    lines: ["#4ea6e0", "#ff8a4c", "#2ec49a", "#e79cc5", "#f2bd3f", "#a3d8fa", "#f4f4f4"],
    ramp: steps(from: (0x1d, 0x25, 0x2f), to: (0x8f, 0xcb, 0xfb)), onRamp: "#101317")

  /// Text on a level of the ramp: what stands out more.
  func ink(onLevel level: Int) -> String {
    Self.contrast(text, ramp[level]) >= Self.contrast(onRamp, ramp[level]) ? text : onRamp
  }

  /// How that text stands out: 1 not at all, 21 black on white.
  func contrast(onLevel level: Int) -> Double {
    Self.contrast(ink(onLevel: level), ramp[level])
  }

  private static func contrast(_ first: String, _ second: String) -> Double {
    let (a, b) = (luminance(first), luminance(second))
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  /// Relative luminance of `#rrggbb` (WCAG 2.1).
  private static func luminance(_ color: String) -> Double {
    let number = Int(color.dropFirst(), radix: 16) ?? 0
    let parts = [number >> 16, number >> 8 & 255, number & 255].map { part in
      let share = Double(part) / 255
      return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  /// Of the line at a position; more lines than colours begin again, with dashes.
  func line(_ position: Int) -> String { lines[position % lines.count] }

  func dash(_ position: Int) -> String {
    position < lines.count ? "" : " dashtype \(position / lines.count + 1)"
  }

  /// Every colour there is; the same place in two looks is the same role.
  var colors: [String] { [page, text, frame, grid, onRamp] + lines + ramp }

  private static func steps(
    from low: (Int, Int, Int), to high: (Int, Int, Int)
  ) -> [String] {
    (0...10).map { step in
      let parts = [(low.0, high.0), (low.1, high.1), (low.2, high.2)].map { from, to in
        let hex = String(from + (to - from) * step / 10, radix: 16)
        return hex.count < 2 ? "0" + hex : hex
      }
      return "#" + parts.joined()
    }
  }
}
