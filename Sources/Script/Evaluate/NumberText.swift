#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Floats as C prints them.
enum NumberText {
  enum Style: String {
    case fixed = "f", exponent = "e", general = "g"
  }

  /// Rounded correctly to `precision` digits; the decimal mark is a point under every locale.
  static func text(_ value: Double, _ style: Style, precision: Int, alternate: Bool = false)
    -> String
  {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let format = "%" + (alternate ? "#" : "") + ".*" + style.rawValue
    let capacity = 400 + precision
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      let written = buffer.withMemoryRebound(to: CChar.self) { characters in
        withVaList([Int32(precision), value]) { arguments in
          vsnprintf(characters.baseAddress, capacity, format, arguments)
        }
      }
      count = min(max(0, Int(written)), capacity - 1)
    }
    return String(
      decoding: bytes.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
  }
}
