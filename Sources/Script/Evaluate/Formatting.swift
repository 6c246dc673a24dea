import Components

/// The format language of f-strings: `[[fill]align][sign][#][0][width][,][.precision][type]`.
public enum Formatting {
  /// Widest and most precise text a format may ask for.
  static let largest = 10_000

  public static func text(_ value: Value, _ spec: String) throws -> String {
    if spec.isEmpty { return value.displayText }
    let format = try FormatSpec(spec)
    switch value {
    case .int(let number): return try format.integer(number)
    case .bool(let flag):
      return format.type == nil
        ? format.padded(value.displayText) : try format.integer(flag ? 1 : 0)
    case .double(let number): return try format.float(number)
    case .object:
      // A tensor of one element is formatted as its number.
      guard format.type != nil, let item = try Delegation.item(of: value) else { fallthrough }
      return try text(item, spec)
    default: return try format.text(value)
    }
  }
}

private struct FormatSpec {
  let spec: String
  var fill: Unicode.Scalar = " "
  var align: Unicode.Scalar?
  var sign: Unicode.Scalar = "-"
  var isAlternate = false
  var width = 0
  var grouping: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  init(_ spec: String) throws(Fault) {
    self.spec = spec
    var rest = Array(spec.unicodeScalars)[...]
    if rest.count > 1, Self.aligns.contains(rest[1]) {
      (fill, align) = (rest[0], rest[1])
      rest = rest.dropFirst(2)
    } else if let first = rest.first, Self.aligns.contains(first) {
      align = first
      rest = rest.dropFirst()
    }
    if let first = rest.first, first == "+" || first == "-" || first == " " {
      sign = first
      rest = rest.dropFirst()
    }
    if rest.first == "#" {
      isAlternate = true
      rest = rest.dropFirst()
    }
    if rest.first == "0" {
      if align == nil { (fill, align) = ("0", "=") }
      rest = rest.dropFirst()
    }
    width = try Self.number(&rest, spec) ?? 0
    if let first = rest.first, first == "," || first == "_" {
      grouping = first
      rest = rest.dropFirst()
    }
    if rest.first == "." {
      rest = rest.dropFirst()
      guard let digits = try Self.number(&rest, spec) else { throw Self.unknown(spec) }
      precision = digits
    }
    if let letter = rest.first {
      type = letter
      rest = rest.dropFirst()
    }
    if !rest.isEmpty { throw Self.unknown(spec) }
  }

  private static let aligns: [Unicode.Scalar] = ["<", ">", "^", "="]

  private static func number(
    _ rest: inout ArraySlice<Unicode.Scalar>, _ spec: String
  ) throws(Fault) -> Int? {
    let digits = rest.prefix { ("0"..."9").contains($0) }
    guard !digits.isEmpty else { return nil }
    rest = rest.dropFirst(digits.count)
    guard digits.count < 6,
      let number = Int(String(String.UnicodeScalarView(digits))), number <= Formatting.largest
    else {
      throw Fault(
        .limit, "a format asks for too many digits", got: spec.count > 20 ? nil : spec,
        wanted: "at most \(Formatting.largest)")
    }
    return number
  }

  static func unknown(_ spec: String) -> Fault {
    Fault(
      .invalid, "\(String(spec.prefix(20)).quoted) is no format",
      wanted: "such as .3f  >10  05d  .2e  .3g  .1%  ,", remedy: "f\"{x:.3f}\"")
  }

  func integer(_ number: Int) throws(Fault) -> String {
    let magnitude = number.magnitude
    let digits: String
    switch type {
    case nil, "d", "n": digits = grouped(String(magnitude))
    case "x": digits = (isAlternate ? "0x" : "") + String(magnitude, radix: 16)
    case "X": digits = (isAlternate ? "0X" : "") + String(magnitude, radix: 16, uppercase: true)
    case "o": digits = (isAlternate ? "0o" : "") + String(magnitude, radix: 8)
    case "b": digits = (isAlternate ? "0b" : "") + String(magnitude, radix: 2)
    case "s": throw Self.unknown(spec)
    default: return try float(Double(number))
    }
    if precision != nil { throw Self.unknown(spec) }
    return padded(digits, sign: signText(isNegative: number < 0), isNumber: true)
  }

  func float(_ number: Double) throws(Fault) -> String {
    let magnitude = number.magnitude
    let isNegative = number.sign == .minus && !number.isNaN
    var digits: String
    switch type {
    case nil:
      digits =
        precision.map { NumberText.text(magnitude, .general, precision: max(1, $0)) }
        ?? magnitude.description
    case "f", "F":
      digits = NumberText.text(magnitude, .fixed, precision: precision ?? 6, alternate: isAlternate)
    case "e", "E": digits = NumberText.text(magnitude, .exponent, precision: precision ?? 6)
    case "g", "G", "n":
      digits = NumberText.text(
        magnitude, .general, precision: max(1, precision ?? 6), alternate: isAlternate)
    case "%": digits = NumberText.text(magnitude * 100, .fixed, precision: precision ?? 6) + "%"
    default: throw Self.unknown(spec)
    }
    if type == "E" || type == "G" || type == "F" { digits = digits.uppercased() }
    return padded(grouped(digits), sign: signText(isNegative: isNegative), isNumber: true)
  }

  func text(_ value: Value) throws(Fault) -> String {
    guard type == nil || type == "s" else {
      throw Fault(
        .wrongType, "the format \(spec.quoted) is for numbers",
        got: "\(value.kindName) \(value.shortened)")
    }
    let text = value.displayText
    guard let precision else { return padded(text) }
    return padded(String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision))))
  }

  private func signText(isNegative: Bool) -> String {
    isNegative ? "-" : sign == "-" ? "" : String(sign)
  }

  private func grouped(_ digits: String) -> String {
    guard let grouping else { return digits }
    let whole = digits.prefix { ("0"..."9").contains($0) }
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { result.unicodeScalars.append(grouping) }
      result.append(digit)
    }
    return result + digits.dropFirst(whole.count)
  }

  func padded(_ text: String, sign: String = "", isNumber: Bool = false) -> String {
    let missing = width - text.unicodeScalars.count - sign.unicodeScalars.count
    guard missing > 0 else { return sign + text }
    func blanks(_ count: Int) -> String { String(repeating: String(fill), count: count) }
    switch align ?? (isNumber ? ">" : "<") {
    case "<": return sign + text + blanks(missing)
    case "^": return blanks(missing / 2) + sign + text + blanks(missing - missing / 2)
    case "=": return sign + blanks(missing) + text
    default: return blanks(missing) + sign + text
    }
  }
}
