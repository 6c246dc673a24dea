/// Spelling of Swift values inside a gnuplot script.
enum GnuplotText {
  /// A string literal that reads back as `text`: double quotes, backslashes doubled, control
  /// characters dropped, line ends as blanks, so no title can end the literal or the command.
  static func literal(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\n", "\r", "\t": result += " "
      case _ where scalar.value < 0x20 || scalar.value == 0x7f: continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A number for a data block; what is not finite is the undefined point that breaks a line.
  static func number(_ value: Double) -> String {
    value.isFinite ? "\(value)" : "NaN"
  }
}
