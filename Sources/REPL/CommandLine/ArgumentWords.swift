/// The words of the command line as Clara's scripts write them, made regular for the parser.
enum ArgumentWords {
  /// Stands for the file of a `--resume` that names none; the parser takes no empty value.
  static let newest = "@newest"

  /// `--set` takes words until the next option, and scripts append more `name=value` words at the
  /// very end; `--resume` takes a file or nothing. Afterwards each has exactly one value:
  ///
  ///     --set a=1 b=2 --threads 2 c=3   →   --set=a=1 --set=b=2 --threads 2 --set=c=3
  ///     --resume --run x                →   --resume=@newest --run x
  ///
  /// A word without `=` after `--set` is a positional, so that a path may follow.
  static func regular(_ words: [String]) -> [String] {
    var result: [String] = []
    var takesSets = false
    var previous: String?
    var index = words.startIndex
    while index < words.endIndex {
      let word = words[index]
      index += 1
      defer { previous = word }
      if word == "--" { return result + words[(index - 1)...] }
      if word == "--set" {
        takesSets = true
      } else if word == "--resume" {
        let next = index < words.endIndex ? words[index] : "-"
        if next.hasPrefix("-") || next.contains("=") {
          result.append("--resume=\(newest)")
        } else {
          result.append("--resume=\(next)")
          index += 1
        }
      } else if takesSets, isAssignment(word), !isOptionValue(after: previous) {
        result.append("--set=\(word)")
      } else {
        result.append(word)
      }
    }
    return result
  }

  private static func isAssignment(_ word: String) -> Bool {
    guard let equals = word.firstIndex(of: "=") else { return false }
    return word.first != "-" && equals != word.startIndex
  }

  /// Options whose value stands in the word after them and may hold `=`.
  private static func isOptionValue(after word: String?) -> Bool {
    guard let word else { return false }
    return [
      "-c", "--config", "-m", "--mmar", "-e", "--environment", "--run", "--threads", "--color",
      "--code",
    ].contains(word)
  }
}
