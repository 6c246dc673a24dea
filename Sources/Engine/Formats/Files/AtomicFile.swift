import CDeflate
import Components
import Glibc

/// Writes a file so that its name always stands for a whole one: the old or the new.
///
/// The bytes go to `NAME.tmp-<pid>-<random>` beside it, reach the disk, are read back and compared
/// by length and CRC-32, and only then take the name; the folder is synchronised last. Whatever
/// fails on the way, the file that was there is untouched and the temporary one is removed.
public enum AtomicFile {
  /// - Parameter beforeReplacing: runs when the new bytes are known to be good and the old file is
  ///   still in its place.
  /// - Throws: `Fault` of kind `file` that names the path, the cause and the bytes written.
  public static func write(
    to path: String, on fileSystem: any FileSystem = Disk(),
    beforeReplacing: () throws -> Void = {}, _ fill: (FileSink) throws -> Void
  ) throws {
    let folder = PathName.folder(of: path)
    let temporary = temporaryName(for: path)
    let file: Int32
    do {
      file = try fileSystem.create(temporary)
    } catch {
      var fault = error.writing(path)
      if error.code == ENOENT {
        fault.message = "cannot write \(path.quoted): there is no folder \(shown(folder).quoted)"
      }
      throw fault
    }
    do {
      let sink = FileSink(path: path, file: file, on: fileSystem)
      try closing(file, on: fileSystem, path) {
        try fill(sink)
        try sink.flush()
        try attempt(path, sink.offset) { () throws(FileFailure) in
          try fileSystem.synchronize(file)
        }
      }
      try verify(temporary, count: sink.offset, checksum: sink.checksum, of: path, on: fileSystem)
      try beforeReplacing()
      try attempt(path, sink.offset) { () throws(FileFailure) in
        try fileSystem.rename(temporary, to: path)
        try fileSystem.synchronizeFolder(shown(folder))
      }
    } catch {
      // The fault in hand says more than a failure to tidy up; what stays is removed at next start.
      do { try fileSystem.remove(temporary) } catch {}
      throw error
    }
  }

  public static func write(
    _ bytes: [UInt8], to path: String, on fileSystem: any FileSystem = Disk()
  ) throws {
    try write(to: path, on: fileSystem) { try $0.write(bytes) }
  }

  /// Removes what writers that were killed left in a folder; files of living processes stay.
  ///
  /// - Returns: the paths removed.
  @discardableResult
  public static func removeLeftovers(
    in folder: String, on fileSystem: any FileSystem = Disk()
  ) throws -> [String] {
    let names: [String]
    do {
      names = try fileSystem.names(in: shown(folder))
    } catch {
      if error.code == ENOENT { return [] }
      throw error.reading(folder)
    }
    var removed: [String] = []
    for name in names {
      guard let process = writer(ofTemporary: name), !fileSystem.isAlive(process: process) else {
        continue
      }
      let path = PathName.join(folder, name)
      do {
        try fileSystem.remove(path)
      } catch {
        if error.code != ENOENT { throw Fault(.file, "cannot remove \(path): \(error.cause)") }
      }
      removed.append(path)
    }
    return removed
  }

  /// The process that made a temporary file, nil when the name is not one of ours.
  static func writer(ofTemporary name: String) -> Int32? {
    guard let mark = name.lastRange(of: ".tmp-") else { return nil }
    let parts = name[mark.upperBound...].split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count == 8, parts[1].allSatisfy(\.isHexDigit) else {
      return nil
    }
    return Int32(parts[0]).flatMap { $0 > 0 ? $0 : nil }
  }

  private static func temporaryName(for path: String) -> String {
    let random = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    let padding = String(repeating: "0", count: 8 - random.count)
    return "\(path).tmp-\(getpid())-\(padding)\(random)"
  }

  private static func shown(_ folder: String) -> String { folder.isEmpty ? "." : folder }

  private static func attempt<T>(
    _ path: String, _ written: Int, _ step: () throws(FileFailure) -> T
  ) throws -> T {
    do { return try step() } catch { throw error.writing(path, written: written) }
  }

  /// A failure to close counts: some file systems report a full disk only then.
  private static func closing(
    _ file: Int32, on fileSystem: any FileSystem, _ path: String, _ body: () throws -> Void
  ) throws {
    do {
      try body()
    } catch {
      do { try fileSystem.close(file) } catch {}
      throw error
    }
    do { try fileSystem.close(file) } catch { throw error.writing(path) }
  }

  private static func verify(
    _ temporary: String, count: Int, checksum: UInt32, of path: String,
    on fileSystem: any FileSystem
  ) throws {
    let source: FileSource
    do { source = try FileSource(opening: temporary, on: fileSystem) } catch {
      throw error.writing(path, written: count)
    }
    guard source.size == count, try source.checksum() == checksum else {
      throw Fault(
        .file, "cannot write \(path.quoted): what came back from the disk is not what was written",
        got: "\(source.size) bytes", wanted: "\(count) bytes with CRC-32 \(hex(checksum))",
        remedy: "check the disk; the file that was there is unchanged")
    }
  }

  private static func hex(_ number: UInt32) -> String { String(number, radix: 16) }
}

extension String {
  /// Where `part` occurs last.
  fileprivate func lastRange(of part: String) -> Range<Index>? {
    var end = endIndex
    while true {
      if self[..<end].hasSuffix(part) { return index(end, offsetBy: -part.count)..<end }
      guard end > startIndex else { return nil }
      end = index(before: end)
    }
  }
}
