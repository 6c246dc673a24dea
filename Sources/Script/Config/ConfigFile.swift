import Components

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads files for the config readers without Foundation, whose start costs more than the reading.
public enum ConfigFile {
  /// Larger files are not configs.
  static let sizeLimit = 64 << 20

  public enum Kind: Sendable { case file, folder }

  /// Nil when there is nothing of that name.
  public static func kind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
  }

  /// Whether a folder can be written into.
  public static func isWritable(_ folder: String) -> Bool { access(folder, W_OK | X_OK) == 0 }

  /// The file's text as a source, and what had to be said about its encoding.
  public static func open(
    _ path: String, in sources: SourceStore
  ) throws(Fault) -> (source: SourceID, findings: [Finding]) {
    let (text, findings) = try decode(read(path), name: path)
    let source = sources.add(name: path, text: text)
    return (
      source,
      findings.map { finding, offset in
        var finding = finding
        finding.fault.place = sources.place(Span(source, offset, offset + 1))
        return finding
      }
    )
  }

  /// Names in a folder, sorted, without `.` and `..`; empty when it cannot be read.
  public static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// `folder/name`, or `name` itself when it is absolute or there is no folder.
  public static func join(_ folder: String, _ name: String) -> String {
    if folder.isEmpty || folder == "." || name.hasPrefix("/") { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The folder part of a path; empty for a plain name.
  public static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func read(_ path: String) throws(Fault) -> [UInt8] {
    let descriptor = openForReading(path)
    guard descriptor >= 0 else { throw cannotRead(path, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { readSome(descriptor, $0) }
      if count < 0 {
        if errno == EINTR { continue }
        throw cannotRead(path, reason: String(cString: strerror(errno)))
      }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= sizeLimit else {
        throw Fault(.limit, "\(path) is too large for a config", wanted: "at most 64 MiB")
      }
    }
  }

  private static func cannotRead(_ path: String, reason: String) -> Fault {
    let folder = folder(of: path)
    let name = String(path.dropFirst(folder.isEmpty ? 0 : folder.count + (folder == "/" ? 0 : 1)))
    let near = Spelling.nearest(to: name, among: names(in: folder))
    return Fault(
      .file, "cannot read \(path): \(reason.lowercased())",
      suggestion: near.map { join(folder, $0) })
  }

  /// The text, with U+FFFD for bytes that are not UTF-8; findings come with their offset in it.
  static func decode(
    _ bytes: [UInt8], name: String
  ) throws(Fault) -> (text: String, findings: [(Finding, offset: Int)]) {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw Fault(
        .format, "\(name) is UTF-16 text", wanted: "UTF-8",
        remedy: "iconv -f UTF-16 -t UTF-8 \(name) -o \(name).utf8")
    }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let content = hasMark ? bytes[3...] : bytes[...]
    var findings: [(Finding, offset: Int)] = []
    if hasMark {
      let fault = Fault(
        .format, "the file begins with a byte order mark, which was skipped",
        remedy: "sed -i '1s/^\\xEF\\xBB\\xBF//' \(name)")
      findings.append((.warning(fault), 0))
    }
    if let text = String(validating: content, as: UTF8.self) { return (text, findings) }
    let text = String(decoding: content, as: UTF8.self)
    let bad = firstDifference(content, text.utf8)
    let hex = String(content[content.startIndex + bad], radix: 16, uppercase: true)
    let fault = Fault(
      .format, "this byte is not UTF-8", got: "0x\(hex)",
      remedy: "iconv -f LATIN1 -t UTF-8 \(name) -o \(name).utf8")
    findings.append((.error(fault), bad))
    return (text, findings)
  }

  /// The repaired text is the same up to the first byte that is not UTF-8.
  private static func firstDifference(_ bytes: ArraySlice<UInt8>, _ text: String.UTF8View) -> Int {
    var position = 0
    for (a, b) in zip(bytes, text) {
      if a != b { return position }
      position += 1
    }
    return min(position, bytes.count - 1)
  }
}

private func openForReading(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC) }

private func readSome(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}
