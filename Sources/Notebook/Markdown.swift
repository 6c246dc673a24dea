import CMarkdown
import Components
import Glibc

/// Markdown, by cmark-gfm: CommonMark with GitHub's tables, struck-out text and bare links.
struct Markdown {
  /// - Throws: `file` when the library is missing, with the line that installs it.
  init() throws(Fault) {
    var message = [CChar](repeating: 0, count: 512)
    guard etude_markdown_open(&message, message.count) == 0 else {
      let words = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw Fault(
        .file, "cmark-gfm could not be opened, which reads cells of text",
        got: String(decoding: words, as: UTF8.self),
        remedy: "sudo apt-get install -y libcmark-gfm-extensions0.29.0.gfm.6")
    }
  }

  /// HTML that stands in the text is left out.
  func html(_ text: String) -> String {
    var text = text
    let html = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { etude_markdown_html($0.baseAddress, $0.count) }
    }
    guard let html else { return "" }
    defer { free(html) }
    return String(cString: html)
  }
}
