import Components
import Session

/// Where the lines typed at the prompt are kept.
struct HistoryFile {
  /// More are forgotten, the oldest first.
  static let limit = 5000

  let path: String
  private var file: EntryFile { EntryFile(path: path) }

  init(path: String) { self.path = path }

  /// `ETUDE_HISTORY`, or `history` in the folder of what is kept between sessions. Nil when there is
  /// none, or `ETUDE_HISTORY` is empty: then nothing is kept.
  static func path(_ environment: Environment = .process) -> String? {
    if let named = environment["ETUDE_HISTORY"] { return named.isEmpty ? nil : named }
    return environment.stateFolder.map { $0 + "/history" }
  }

  /// The entries, each once, at the place where it was last used.
  func entries() -> [String] {
    let lines = file.lines().filter { $0 != "_HiStOrY_V2_" }
    let entries = Array(Self.unique(lines.map(EntryFile.decoded)).suffix(Self.limit))
    // Now and then the file is written anew without what is not needed; a failure costs nothing.
    if lines.count > 2 * Self.limit { try? file.rewrite(entries.map(EntryFile.encoded)) }
    return entries
  }

  func append(_ entry: String) throws(Fault) {
    do throws(Fault) { try file.append(EntryFile.encoded(entry)) } catch {
      var fault = error
      fault.remedy = "ETUDE_HISTORY= etude"
      throw fault
    }
  }

  /// Each entry once, at its last place.
  static func unique(_ entries: [String]) -> [String] {
    var seen: Set<String> = []
    return entries.reversed().filter { seen.insert($0).inserted }.reversed()
  }
}
