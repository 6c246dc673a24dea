/// The last touch on what gnuplot's svg terminal writes: fonts that every machine has one of, the title
/// for readers that speak, and the colours of a dark page.
enum FinishedSVG {
  /// - Parameter theme: nil lets the page around decide (`prefers-color-scheme`); readers that know
  ///   no such thing show the light colours.
  static func of(_ bytes: [UInt8], title: String, theme: Theme?) -> [UInt8] {
    var text = String(decoding: bytes, as: UTF8.self)
    text.replace(
      "font-family=\"\(Look.font)\"", with: "font-family=\"\(Look.fontFamily)\"")
    // Pixels of a slice stay pixels when they are enlarged.
    text.replace("<image ", with: "<image style='image-rendering:pixelated' ")
    let head = /<title>Gnuplot<\/title>\n<desc>[^<]*<\/desc>\n/
    let ours =
      (title.isEmpty ? "" : "<title>\(escaped(title))</title>\n")
      + (theme == nil ? style(for: text) : "")
    text.replace(head, maxReplacements: 1) { _ in ours }
    if theme == nil { text.replace("<svg \n", with: "<svg class=\"etude\"\n", maxReplacements: 1) }
    while text.hasSuffix("\n\n") { text.removeLast() }
    return Array(text.utf8)
  }

  /// A rule for each spelling of a colour that occurs: gnuplot writes colours as attributes, which any
  /// rule of a style sheet overrules.
  private static func style(for text: String) -> String {
    let dark = Dictionary(
      uniqueKeysWithValues: zip(Look.light.colors, Look.dark.colors))
    var rules: [String] = []
    for match in text.matches(of: /(stroke|fill|color) ?= ?['"](rgb\([ \d,]+\)|#[0-9a-f]{6})['"]/) {
      guard let color = dark[hex(match.output.2)] else { continue }
      let rule = ".etude [\(match.output.1)='\(match.output.2)']{\(match.output.1):\(color)}"
      if !rules.contains(rule) { rules.append(rule) }
    }
    return
      "<style>@media (prefers-color-scheme:dark){\n\(rules.joined(separator: "\n"))\n}</style>\n"
  }

  /// `rgb(  0, 114, 178)` as `#0072b2`.
  private static func hex(_ color: Substring) -> String {
    if color.hasPrefix("#") { return String(color) }
    let parts = color.matches(of: /\d+/).compactMap { Int($0.output) }
    return "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
