import Glibc

/// The file system of this machine.
public struct Disk: FileSystem {
  public init() {}

  public func create(_ path: String) throws(FileFailure) -> Int32 {
    try Self.check { Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
  }

  public func open(_ path: String) throws(FileFailure) -> Int32 {
    // A pipe that nobody writes into would be waited for.
    let file = try Self.check { Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return file }
    Glibc.close(file)
    throw FileFailure(code: status.st_mode & S_IFMT == S_IFDIR ? EISDIR : ESPIPE)
  }

  /// Whether two names are of one file that is there.
  func isSame(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(path, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  public func openForAppending(_ path: String) throws(FileFailure) -> Int32 {
    try Self.check { Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
  }

  public func size(of file: Int32) throws(FileFailure) -> Int {
    var status = stat()
    try Self.check { fstat(file, &status) }
    return Int(status.st_size)
  }

  public func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileFailure) -> Int {
    try Self.check { Glibc.write(file, bytes.baseAddress, bytes.count) }
  }

  public func read(
    _ file: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileFailure) -> Int {
    try Self.check { pread(file, buffer.baseAddress, buffer.count, offset) }
  }

  public func synchronize(_ file: Int32) throws(FileFailure) { try Self.check { fsync(file) } }

  /// Linux gives the number back even when it reports EINTR, so this is never tried twice.
  public func close(_ file: Int32) throws(FileFailure) {
    if Glibc.close(file) != 0, errno != EINTR { throw FileFailure(code: errno) }
  }

  public func rename(_ source: String, to target: String) throws(FileFailure) {
    try Self.check { Glibc.rename(source, target) }
  }

  public func remove(_ path: String) throws(FileFailure) { try Self.check { unlink(path) } }

  /// Some network file systems cannot synchronise a folder and say EINVAL; nothing more can be done
  /// there.
  public func synchronizeFolder(_ path: String) throws(FileFailure) {
    let folder = try Self.check { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    defer { Glibc.close(folder) }
    if fsync(folder) != 0, errno != EINVAL { throw FileFailure(code: errno) }
  }

  public func makeFolder(_ path: String) throws(FileFailure) {
    if path.isEmpty || kind(of: path) == .folder { return }
    try makeFolder(PathName.folder(of: path))
    if mkdir(path, 0o777) != 0, errno != EEXIST || kind(of: path) != .folder {
      throw FileFailure(code: errno)
    }
  }

  public func kind(of path: String) -> FileKind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  public func names(in folder: String) throws(FileFailure) -> [String] {
    guard let stream = opendir(folder) else { throw FileFailure(code: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let capacity = MemoryLayout.size(ofValue: entry.pointee.d_name)
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: capacity) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  public func isAlive(process: Int32) -> Bool { kill(process, 0) == 0 || errno != ESRCH }

  @discardableResult
  private static func check<Count: SignedInteger>(
    _ call: () -> Count
  ) throws(FileFailure) -> Count {
    while true {
      let result = call()
      if result >= 0 { return result }
      if errno != EINTR { throw FileFailure(code: errno) }
    }
  }
}
