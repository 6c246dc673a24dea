import Components
import Glibc

/// Writing a picture: beside its name first, then renamed, so that no reader sees half of it.
enum PictureFile {
  static func write(_ bytes: [UInt8], to path: String) throws(Fault) {
    let partial = "\(path).part-\(getpid())"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let fault = failure(path)
        close(descriptor)
        unlink(partial)
        throw fault
      }
      written += count
    }
    guard close(descriptor) == 0, rename(partial, path) == 0 else {
      let fault = failure(path)
      unlink(partial)
      throw fault
    }
  }

  private static func failure(_ path: String) -> Fault {
    Fault(.file, "cannot write \(path.quoted): \(String(cString: strerror(errno)))")
  }
}
