import Components
import Glibc

public enum Folders {
  /// Makes what is missing of a path.
  ///
  /// - Parameter isPrivate: What is made is for its owner alone.
  public static func make(_ path: String, isPrivate: Bool = false) throws(Fault) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/\(part)"
      if mkdir(made, isPrivate ? 0o700 : 0o755) != 0, errno != EEXIST {
        throw Fault(.file, "cannot make \(made.quoted): \(String(cString: strerror(errno)))")
      }
    }
  }
}
