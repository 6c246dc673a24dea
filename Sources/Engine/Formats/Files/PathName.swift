/// Paths as text, by the rules of POSIX; nothing here looks at the disk.
public enum PathName {
  /// Everything before the last component: `a/b` for `a/b/c`, `` for `c`, `/` for `/c`.
  public static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last component: `c` for `a/b/c`.
  public static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// `path` seen from `folder`; an absolute path stays itself.
  public static func join(_ folder: String, _ path: String) -> String {
    if folder.isEmpty || path.hasPrefix("/") { return path }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }

  /// Without `.`, doubled slashes and the `x/..` pairs, as Python's `normpath`.
  public static func normalized(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let joined = (isAbsolute ? "/" : "") + parts.joined(separator: "/")
    return joined.isEmpty ? "." : joined
  }

  /// The ending that tells the format, with the dot and in lower case: `.nii.gz`, `.pt`, or ``.
  public static func suffix(of path: String) -> String {
    let name = name(of: path).lowercased()
    if name.hasSuffix(".nii.gz"), name.utf8.count > 7 { return ".nii.gz" }
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return String(name[dot...])
  }

  /// The name without its folder and its suffix: `spleen_3` for `a/spleen_3.nii.gz`.
  public static func stem(of path: String) -> String {
    let name = name(of: path)
    return String(name.dropLast(suffix(of: path).count))
  }
}
