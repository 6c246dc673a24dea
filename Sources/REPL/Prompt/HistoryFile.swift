import Glibc

/// Where the lines typed at the prompt are kept.
enum HistoryFile {
  /// `ETUDE_HISTORY`, or `history` in `$XDG_STATE_HOME/etude`, or in `~/.local/state/etude`.
  /// Nil when there is no home, or `ETUDE_HISTORY` is empty: then nothing is kept.
  static func path(_ environment: Environment = .process) -> String? {
    if let named = environment["ETUDE_HISTORY"] { return named.isEmpty ? nil : named }
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
      return "\(state)/etude/history"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.local/state/etude/history"
  }

  /// Makes the folders on the way; what was typed is nobody else's business.
  static func makeFolder(for path: String) {
    guard path.hasPrefix("/") else { return }
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o700)
    }
  }
}
