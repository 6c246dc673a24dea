import Components
import Script
import Session

/// A notebook as one page that needs nothing around it: no server, no other file, and scripts only to
/// move through slices.
public struct NotebookPage {
  private let title: String
  private let markdown: Markdown

  /// - Throws: when cells of text cannot be read here.
  public init(title: String) throws(Fault) {
    self.title = title
    markdown = try Markdown()
  }

  public func html(_ notebook: Notebook) -> String {
    let cells = notebook.cells.map(html)
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(StyledHTML.escaped(heading(of: notebook)))</title>
      <style>
      \(PageStyle.text)
      </style>
      </head>
      <body>
      <main>
      \(cells.joined(separator: "\n"))
      </main>
      </body>
      </html>

      """
  }

  /// The first heading of the text, or the file's name.
  private func heading(of notebook: Notebook) -> String {
    let lines = notebook.cells.filter { $0.kind == .markdown }.flatMap {
      $0.source.split(separator: "\n")
    }
    return lines.first { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) } ?? title
  }

  private func html(_ cell: Notebook.Cell) -> String {
    switch cell.kind {
    case .markdown:
      let text = EmbeddedPictures.embed(in: markdown.html(cell.source))
      return "<section class=\"text\" id=\"\(cell.id)\">\n\(text)</section>"
    case .raw:
      return
        "<section class=\"raw\" id=\"\(cell.id)\"><pre>\(StyledHTML.escaped(cell.source))</pre></section>"
    case .code:
      let count = cell.executionCount.map(String.init) ?? " "
      let code = StyledHTML.text(TextStyle(hasColor: true).code(cell.source))
      let outputs = cell.outputs.map(html).joined(separator: "\n")
      return """
        <section class="code" id="\(cell.id)">
        <div class="in"><span class="count">\(count)</span><pre><code>\(code)</code></pre></div>
        \(outputs.isEmpty ? "" : "<div class=\"out\">\n\(outputs)\n</div>\n")</section>
        """
    }
  }

  private func html(_ output: CellOutput) -> String {
    switch output {
    case .stream(let stream, let text):
      "<pre class=\"\(stream.rawValue)\">\(StyledHTML.text(Notebook.Cell.withoutLastLineEnds(text)))</pre>"
    case .display(let shown), .live(_, let shown), .result(let shown): html(shown)
    case .error(let error): "<pre class=\"error\">\(StyledHTML.text(error.traceback))</pre>"
    }
  }

  /// The richest form.
  private func html(_ output: RichOutput) -> String {
    if let html = output.html { return "<div class=\"rich\">\(html)</div>" }
    if let svg = output.svg { return picture(Array(svg.utf8), "svg+xml") }
    if let png = output.png { return picture(png, "png") }
    return "<pre class=\"value\">\(StyledHTML.text(output.text))</pre>"
  }

  private func picture(_ bytes: [UInt8], _ type: String) -> String {
    "<p class=\"picture\"><img alt=\"\" src=\"data:image/\(type);base64,\(Base64.text(of: bytes))\"></p>"
  }
}
