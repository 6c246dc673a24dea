import Components
import Glibc

/// Text from a file or from standard input, as the language wants it: valid UTF-8.
enum SourceText {
  /// The script a word of the command line names, and what messages call it; `-` is standard input.
  static func script(_ word: String) throws(Fault) -> (text: String, name: String) {
    word == "-"
      ? (try read(descriptor: STDIN_FILENO, name: "<stdin>"), "<stdin>")
      : (try read(file: word), word)
  }

  static func read(file: String) throws(Fault) -> String {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Fault(.file, "cannot read \(file.quoted): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    return try read(descriptor: descriptor, name: file)
  }

  static func read(descriptor: Int32, name: String) throws(Fault) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { break }
      guard count > 0 else {
        let reason = String(cString: strerror(errno))
        throw errno == EINTR
          ? Fault(.interrupted, "interrupted while reading \(name)")
          : Fault(.file, "cannot read \(name.quoted): \(reason)")
      }
      bytes += buffer[..<count]
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Fault(.format, "\(name.quoted) is not UTF-8 text")
    }
    return text
  }
}
