import Glibc

/// Numbers as Python and numpy print them.
public enum PythonNumber {
  /// `str(float)`: the shortest digits that read back, with an exponent below 1e-4 and from 1e16.
  public static func text(of number: Double) -> String {
    text(shortest: number.description, isFinite: number.isFinite)
  }

  /// `str(numpy.float32)`: the same for single precision.
  public static func text(of number: Float) -> String {
    text(shortest: number.description, isFinite: number.isFinite)
  }

  /// `f"{number:.4f}"` for any number of decimals.
  public static func text(of number: Double, decimals: Int) -> String {
    guard number.isFinite else { return text(of: number) }
    var buffer = [CChar](repeating: 0, count: 340 + max(decimals, 0))
    let count = withVaList([Int32(decimals), number]) {
      vsnprintf(&buffer, buffer.count, "%.*f", $0)
    }
    return String(decoding: buffer[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Rounded to so many digits that count, then as short as it goes: `0.0002`, `2e-05`, `0.000181`.
  public static func text(of number: Double, digits: Int) -> String {
    guard number.isFinite, number != 0 else { return text(of: number) }
    var buffer = [CChar](repeating: 0, count: 32 + max(digits, 0))
    let count = withVaList([Int32(max(digits, 1) - 1), number]) {
      vsnprintf(&buffer, buffer.count, "%.*e", $0)
    }
    let rounded = String(
      decoding: buffer[..<Int(count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text(of: Double(rounded) ?? number)
  }

  /// Swift finds the same digits as Python but changes to exponents elsewhere.
  private static func text(shortest: String, isFinite: Bool) -> String {
    guard isFinite else { return shortest.hasSuffix("nan") ? "nan" : shortest }
    let isNegative = shortest.hasPrefix("-")
    let parts = (isNegative ? shortest.dropFirst() : shortest[...]).split(separator: "e")
    let mantissa = parts[0].split(separator: ".")
    let whole = String(mantissa[0])
    let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let all = Array(whole + fraction)
    guard let first = all.firstIndex(where: { $0 != "0" }) else {
      return isNegative ? "-0.0" : "0.0"
    }
    var digits = Array(all[first...])
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    // The number is d.ddd × 10^power.
    let power = whole.count - 1 - first + exponent
    return (isNegative ? "-" : "") + layOut(digits, power)
  }

  private static func layOut(_ digits: [Character], _ power: Int) -> String {
    if power < -4 || power >= 16 {
      let rest = digits.count > 1 ? "." + String(digits[1...]) : ""
      let size = String(abs(power))
      let sign = power < 0 ? "-" : "+"
      return String(digits[0]) + rest + "e" + sign + (size.count < 2 ? "0" : "") + size
    }
    if power < 0 {
      return "0." + String(repeating: "0", count: -power - 1) + String(digits)
    }
    let whole = digits.prefix(power + 1)
    let padding = String(repeating: "0", count: power + 1 - whole.count)
    let rest = digits.dropFirst(power + 1)
    return String(whole) + padding + "." + (rest.isEmpty ? "0" : String(rest))
  }
}
