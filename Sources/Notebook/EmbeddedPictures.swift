import Components
import Session

/// Pictures that a text names by their files, put into the page itself.
enum EmbeddedPictures {
  private static let types = [
    ".png": "png", ".svg": "svg+xml", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif",
    ".webp": "webp",
  ]

  /// `<img src="curves.svg"` with the file's bytes in the place of its name. Addresses, and files that are
  /// not there, stay as they are.
  static func embed(in html: String) -> String {
    var result = ""
    var rest = html[...]
    while let mark = rest.firstRange(of: "<img src=\"") {
      result += rest[..<mark.upperBound]
      rest = rest[mark.upperBound...]
      let source = rest.prefix { $0 != "\"" }
      result += data(of: String(source)) ?? String(source)
      rest = rest[source.endIndex...]
    }
    return result + rest
  }

  private static func data(of source: String) -> String? {
    guard !source.contains(":"),
      let type = types.first(where: { source.lowercased().hasSuffix($0.key) })?.value,
      let bytes = LocalFile.bytes(of: path(source))
    else { return nil }
    return "data:image/\(type);base64,\(Base64.text(of: bytes))"
  }

  /// Undoes what an address in HTML is written with: `%20`, `&amp;`.
  private static func path(_ source: String) -> String {
    var bytes: [UInt8] = []
    let text = Array(source.replacing("&amp;", with: "&").utf8)
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "%"), index + 2 < text.count,
        let byte = UInt8(String(decoding: text[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        index += 3
      } else {
        bytes.append(text[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
