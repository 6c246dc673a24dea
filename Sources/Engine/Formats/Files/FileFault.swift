import Components
import Glibc

extension FileFailure {
  /// `no space left on device (ENOSPC)`
  public var cause: String {
    let text = String(cString: strerror(code))
    let lower = text.prefix(1).lowercased() + text.dropFirst()
    return Self.names[code].map { "\(lower) (\($0))" } ?? lower
  }

  private static let names: [Int32: String] = [
    ENOSPC: "ENOSPC", EIO: "EIO", EDQUOT: "EDQUOT", EACCES: "EACCES", EPERM: "EPERM",
    ENOENT: "ENOENT", ENOTDIR: "ENOTDIR", EISDIR: "EISDIR", EROFS: "EROFS", EFBIG: "EFBIG",
    EEXIST: "EEXIST", EMFILE: "EMFILE", ENAMETOOLONG: "ENAMETOOLONG", ELOOP: "ELOOP",
    EINVAL: "EINVAL",
  ]

  private var remedy: String? {
    switch code {
    case ENOSPC, EDQUOT: "free some space there, or choose a folder on another disk"
    case EACCES, EPERM, EROFS: "choose a folder you may write to, or change its permissions"
    case EFBIG: "raise the limit on file size (ulimit -f), or write a smaller file"
    case EMFILE: "raise the limit on open files (ulimit -n)"
    default: nil
    }
  }

  /// `written` says how many bytes had reached the file, when that is known.
  func writing(_ path: String, written: Int? = nil) -> Fault {
    let progress = written.map { " after \($0) bytes" } ?? ""
    return Fault(.file, "cannot write \(path.quoted): \(cause)\(progress)", remedy: remedy)
  }

  func reading(_ path: String) -> Fault {
    if code == ENOENT { return Fault(.file, "there is no file \(path.quoted)") }
    if code == ESPIPE {
      return Fault(.file, "cannot read \(path.quoted): it is a pipe or a device", wanted: "a file")
    }
    return Fault(.file, "cannot read \(path.quoted): \(cause)")
  }
}

extension Fault {
  /// The file's own bytes contradict its format or its checksums.
  static func damaged(_ path: String, _ what: String) -> Fault {
    Fault(.format, "\(path.quoted) is damaged: \(what)")
  }
}
