/// The file operations that writers use, so that tests can make any one of them fail.
///
/// A handle is the number of an open file. `write` and `read` may move fewer bytes than asked.
public protocol FileSystem: Sendable {
  /// Makes a new, empty file; fails with EEXIST when the name is taken.
  func create(_ path: String) throws(FileFailure) -> Int32
  /// Opens a file that exists, for reading.
  func open(_ path: String) throws(FileFailure) -> Int32
  /// Opens a file for adding at its end, making it when there is none.
  func openForAppending(_ path: String) throws(FileFailure) -> Int32
  func size(of file: Int32) throws(FileFailure) -> Int
  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileFailure) -> Int
  func read(
    _ file: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileFailure) -> Int
  /// Returns once the bytes written so far would survive a loss of power.
  func synchronize(_ file: Int32) throws(FileFailure)
  func close(_ file: Int32) throws(FileFailure)
  /// Puts `source` in the place of `target` in one step.
  func rename(_ source: String, to target: String) throws(FileFailure)
  func remove(_ path: String) throws(FileFailure)
  /// Returns once names made, renamed or removed in the folder would survive a loss of power.
  func synchronizeFolder(_ path: String) throws(FileFailure)
  /// Makes the folder and those above it that are missing.
  func makeFolder(_ path: String) throws(FileFailure)
  func kind(of path: String) -> FileKind?
  /// Names in a folder, sorted.
  func names(in folder: String) throws(FileFailure) -> [String]
  /// False when no process of this machine has that number.
  func isAlive(process: Int32) -> Bool
}

public enum FileKind: Sendable { case file, folder, other }

/// What the system said when a file operation failed.
public struct FileFailure: Error, Sendable, Equatable {
  /// An `errno`.
  public let code: Int32

  public init(code: Int32) { self.code = code }
}
