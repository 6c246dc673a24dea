import TestSupport
import Testing

extension String {
  /// With what differs from run to run written in angle brackets: `<root>`, `<time>`, `<n>` for a number
  /// with a point. Columns that are as wide as such a number lose their blanks.
  func measured(root: String) -> String {
    replacing(root, with: "<root>")
      .replacing(/\d+ (min|h) \d+ (s|min)|\d+(\.\d+)? s\b/, with: "<time>")
      .replacing(/-?\d+\.\d+(e-?\d+)?/, with: "<n>")
      .replacing(/[ ]{2,}/, with: "  ")
      // Milliseconds from ten on have no decimals.
      .replacing(/<n>…<n>  \d+(?=\n|$)/, with: "<n>…<n>  <n>")
  }

  /// Compares with the file below Golden.
  func expect(_ name: String, test: String = #filePath) throws {
    let difference = try GoldenScreen(name, test: test).difference(from: self)
    #expect(difference == nil, "\(difference ?? "")")
  }
}
