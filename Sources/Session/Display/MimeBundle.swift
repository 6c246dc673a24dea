import Components

extension RichOutput {
  /// Its forms by MIME type, as Jupyter's messages and notebooks have them.
  public var mimeBundle: ValueDictionary {
    var bundle: ValueDictionary = ["text/plain": .string(text)]
    if let html { bundle["text/html"] = .string(html) }
    if let svg { bundle["image/svg+xml"] = .string(svg) }
    if let png { bundle["image/png"] = .string(Base64.text(of: png)) }
    return bundle
  }
}

/// Bytes as letters, digits, `+` and `/` (RFC 4648), without line ends.
public enum Base64 {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  public static func text(of bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = 0
      for byte in group { bits = bits << 8 | Int(byte) }
      bits <<= 8 * (3 - group.count)
      for place in 0..<4 {
        let isPadding = place > group.count
        result.append(isPadding ? UInt8(ascii: "=") : digits[bits >> (18 - 6 * place) & 63])
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
