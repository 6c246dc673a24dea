import Glibc

/// What is run before the prompt opens.
enum StartupFile {
  /// `startup.etude` in `$XDG_CONFIG_HOME/etude`, or in `~/.config/etude`; nil when there is none.
  static func path(_ environment: Environment = .process) -> String? {
    let folder: String
    if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") {
      folder = config
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      folder = "\(home)/.config"
    } else {
      return nil
    }
    let path = "\(folder)/etude/startup.etude"
    return access(path, R_OK) == 0 ? path : nil
  }
}
