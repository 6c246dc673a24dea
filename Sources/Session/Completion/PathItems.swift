import Glibc
import Script

/// Files and folders whose path begins with what is typed; `~` stands for the home folder.
struct PathItems {
  let items: [Completions.Item]
  /// A folder may hold any number of files; nobody reads more.
  private static let limit = 500

  init(_ typed: String) {
    let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
    let begun = typed.dropFirst(folder.count)
    let place = Self.expanded(folder)
    items = ConfigFile.names(in: place).filter {
      $0.hasPrefix(begun) && (begun.hasPrefix(".") || !$0.hasPrefix("."))
    }.prefix(Self.limit).map { name in
      let isFolder = ConfigFile.kind(of: ConfigFile.join(place, name)) == .folder
      let shown = isFolder ? name + "/" : name
      return Completions.Item(folder + shown, .path, label: shown)
    }
  }

  /// With `~/` replaced by the home folder.
  static func expanded(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    return String(cString: home) + path.dropFirst()
  }
}
