import Glibc
import Synchronization

@testable import Engine

/// The real disk, on which the call of a chosen number fails, or every call from it on.
final class FailingDisk: FileSystem {
  enum Style: CaseIterable { case once, persistently, shortWrites }

  private let disk = Disk()
  private let failing: Int
  private let code: Int32
  private let style: Style
  private let isAlone: Bool
  private let calls = Mutex(0)

  var callCount: Int { calls.withLock { $0 } }

  /// No call fails, and no other process lives.
  static let alone = FailingDisk(failing: .max, code: 0, style: .once, isAlone: true)

  init(failing: Int, code: Int32, style: Style, isAlone: Bool = false) {
    (self.failing, self.code, self.style, self.isAlone) = (failing, code, style, isAlone)
  }

  private func step() throws(FileFailure) {
    let number = calls.withLock { calls in
      calls += 1
      return calls
    }
    if number == failing || (style == .persistently && number > failing) {
      throw FileFailure(code: code)
    }
  }

  func create(_ path: String) throws(FileFailure) -> Int32 {
    try step()
    return try disk.create(path)
  }
  func open(_ path: String) throws(FileFailure) -> Int32 {
    try step()
    return try disk.open(path)
  }
  func openForAppending(_ path: String) throws(FileFailure) -> Int32 {
    try step()
    return try disk.openForAppending(path)
  }
  func size(of file: Int32) throws(FileFailure) -> Int {
    try step()
    return try disk.size(of: file)
  }
  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileFailure) -> Int {
    try step()
    let count = style == .shortWrites ? (bytes.count + 1) / 2 : bytes.count
    return try disk.write(file, UnsafeRawBufferPointer(rebasing: bytes[..<count]))
  }
  func read(
    _ file: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileFailure) -> Int {
    try step()
    return try disk.read(file, at: offset, into: buffer)
  }
  func synchronize(_ file: Int32) throws(FileFailure) {
    try step()
    try disk.synchronize(file)
  }
  func close(_ file: Int32) throws(FileFailure) {
    try disk.close(file)
    try step()
  }
  func rename(_ source: String, to target: String) throws(FileFailure) {
    try step()
    try disk.rename(source, to: target)
  }
  func remove(_ path: String) throws(FileFailure) {
    try step()
    try disk.remove(path)
  }
  func synchronizeFolder(_ path: String) throws(FileFailure) {
    try step()
    try disk.synchronizeFolder(path)
  }
  func makeFolder(_ path: String) throws(FileFailure) {
    try step()
    try disk.makeFolder(path)
  }
  func kind(of path: String) -> FileKind? { disk.kind(of: path) }
  func names(in folder: String) throws(FileFailure) -> [String] {
    try step()
    return try disk.names(in: folder)
  }
  func isAlive(process: Int32) -> Bool { !isAlone && disk.isAlive(process: process) }
}

/// Runs `write` with every call failing in turn until it goes through untouched; after each failure
/// `check` sees what is left. Returns how many failures there were.
func withEveryFailure(
  code: Int32, style: FailingDisk.Style, write: (FailingDisk) throws -> Void,
  check: ((any Error)?) throws -> Void
) throws -> Int {
  var failures = 0
  while failures < 10_000 {
    let disk = FailingDisk(failing: failures + 1, code: code, style: style)
    do {
      try write(disk)
      if disk.callCount <= failures { return failures }
      try check(nil)
    } catch { try check(error) }
    failures += 1
  }
  return failures
}
