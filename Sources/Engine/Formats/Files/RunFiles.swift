import Components
import Synchronization

/// The files one run has written, so that it never writes over those of an earlier one.
///
/// A file of the same name that this run did not write is renamed first: `model.pt` becomes
/// `model.1.pt`, the next one `model.2.pt`.
public final class RunFiles: Sendable {
  private let written = Mutex<Set<String>>([])
  private let fileSystem: any FileSystem

  public init(on fileSystem: any FileSystem = Disk()) { self.fileSystem = fileSystem }

  /// Writes whole or not at all (see `AtomicFile`).
  ///
  /// - Returns: where the file that was there before this run now lies, if there was one.
  @discardableResult
  public func write(_ path: String, _ fill: (FileSink) throws -> Void) throws -> String? {
    var kept: String?
    try AtomicFile.write(
      to: path, on: fileSystem, beforeReplacing: { kept = try preserve(existing: path) }, fill)
    claim(path)
    return kept
  }

  /// Renames a file that this run did not write; does nothing when there is none.
  ///
  /// - Returns: its new path.
  @discardableResult
  public func preserve(existing path: String) throws -> String? {
    let isOurs = written.withLock { $0.contains(PathName.normalized(path)) }
    guard !isOurs, fileSystem.kind(of: path) != nil else { return nil }
    let stem = PathName.stem(of: path)
    let suffix = String(PathName.name(of: path).dropFirst(stem.count))
    let folder = PathName.folder(of: path)
    var number = 1
    var target: String
    repeat {
      target = PathName.join(folder, "\(stem).\(number)\(suffix)")
      number += 1
    } while fileSystem.kind(of: target) != nil
    do {
      try fileSystem.rename(path, to: target)
      try fileSystem.synchronizeFolder(folder.isEmpty ? "." : folder)
    } catch {
      throw Fault(
        .file, "cannot rename \(path.quoted) to \(target.quoted) to keep it: \(error.cause)")
    }
    return target
  }

  /// Removes a file this run wrote: a checkpoint that a better one has replaced.
  public func remove(_ path: String) throws {
    let name = PathName.normalized(path)
    guard written.withLock({ $0.contains(name) }) else {
      throw Fault(.file, "\(path.quoted) was not written by this run, so it stays")
    }
    do { try fileSystem.remove(path) } catch {
      throw Fault(.file, "cannot remove \(path.quoted): \(error.cause)")
    }
    written.withLock { _ = $0.remove(name) }
  }

  /// Marks a file as this run's own.
  public func claim(_ path: String) {
    written.withLock { _ = $0.insert(PathName.normalized(path)) }
  }
}
