/// Finding text in text, byte by byte.
enum TextSearch {
  /// The byte offset of the first occurrence at or after `start`.
  static func first(_ part: String, in text: String, from start: Int = 0) -> Int? {
    first(Array(part.utf8), in: Array(text.utf8), from: start)
  }

  static func first(_ part: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
    guard let head = part.first else { return start <= text.count ? start : nil }
    guard text.count - start >= part.count else { return nil }
    for offset in start...(text.count - part.count)
    where text[offset] == head && text[offset..<offset + part.count].elementsEqual(part) {
      return offset
    }
    return nil
  }

  /// The pieces of `text` between occurrences of `separator`, at most `limit` cuts when not negative.
  static func split(_ text: String, by separator: String, limit: Int = -1) -> [String] {
    let (bytes, mark) = (Array(text.utf8), Array(separator.utf8))
    var pieces: [String] = []
    var start = 0
    while limit < 0 || pieces.count < limit, let found = first(mark, in: bytes, from: start) {
      pieces.append(String(decoding: bytes[start..<found], as: UTF8.self))
      start = found + mark.count
    }
    pieces.append(String(decoding: bytes[start...], as: UTF8.self))
    return pieces
  }
}
