import Glibc
import Synchronization

@testable import Engine

/// A disk in memory that remembers every change, to tell what a loss of power may leave behind.
///
/// Bytes and names are lost independently unless they were synchronised: after the cut at any call,
/// any subset of the changes since the last synchronisation of that file or folder may be there.
final class PowerLossDisk: FileSystem {
  enum Change: Equatable {
    case create(name: String, node: Int)
    case write(node: Int, bytes: [UInt8])
    case rename(from: String, to: String)
    case remove(name: String)
    case synchronize(node: Int)
    case synchronizeFolder
  }

  private struct State {
    var log: [Change] = []
    var names: [String: Int] = [:]
    var contents: [Int: [UInt8]] = [:]
  }
  private let state: Mutex<State>

  init(_ files: [String: [UInt8]]) {
    var state = State()
    for (node, file) in files.enumerated() {
      state.names[file.key] = -1 - node
      state.contents[-1 - node] = file.value
    }
    self.state = Mutex(state)
  }

  var log: [Change] { state.withLock { $0.log } }

  func create(_ path: String) throws(FileFailure) -> Int32 {
    let node = state.withLock { state -> Int? in
      if state.names[path] != nil { return nil }
      let node = state.contents.count + 1
      state.names[path] = node
      state.contents[node] = []
      state.log.append(.create(name: path, node: node))
      return node
    }
    guard let node else { throw FileFailure(code: EEXIST) }
    return Int32(node)
  }

  func open(_ path: String) throws(FileFailure) -> Int32 {
    guard let node = state.withLock({ $0.names[path] }) else { throw FileFailure(code: ENOENT) }
    return Int32(node)
  }

  func openForAppending(_ path: String) throws(FileFailure) -> Int32 {
    if kind(of: path) == nil { return try create(path) }
    return try open(path)
  }

  func size(of file: Int32) throws(FileFailure) -> Int {
    state.withLock { $0.contents[Int(file)]?.count ?? 0 }
  }

  func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) throws(FileFailure) -> Int {
    let piece = [UInt8](bytes.prefix(700))
    state.withLock {
      $0.contents[Int(file), default: []] += piece
      $0.log.append(.write(node: Int(file), bytes: piece))
    }
    return piece.count
  }

  func read(
    _ file: Int32, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileFailure) -> Int {
    let bytes = state.withLock { $0.contents[Int(file)] ?? [] }.dropFirst(offset)
    buffer.copyBytes(from: bytes.prefix(buffer.count))
    return min(bytes.count, buffer.count)
  }

  func synchronize(_ file: Int32) throws(FileFailure) {
    state.withLock { $0.log.append(.synchronize(node: Int(file))) }
  }
  func close(_ file: Int32) throws(FileFailure) {}

  func rename(_ source: String, to target: String) throws(FileFailure) {
    state.withLock {
      $0.names[target] = $0.names.removeValue(forKey: source)
      $0.log.append(.rename(from: source, to: target))
    }
  }
  func remove(_ path: String) throws(FileFailure) {
    state.withLock {
      $0.names[path] = nil
      $0.log.append(.remove(name: path))
    }
  }
  func synchronizeFolder(_ path: String) throws(FileFailure) {
    state.withLock { $0.log.append(.synchronizeFolder) }
  }
  func makeFolder(_ path: String) throws(FileFailure) {}
  func kind(of path: String) -> FileKind? { state.withLock { $0.names[path] } == nil ? nil : .file }
  func names(in folder: String) throws(FileFailure) -> [String] {
    state.withLock { $0.names.keys.sorted() }
  }
  func isAlive(process: Int32) -> Bool { false }

  /// Every state of the disk after a cut at any point of `log`, from the files there at the start.
  static func survivors(of log: [Change], start: [String: [UInt8]]) -> [[String: [UInt8]]] {
    var results: [[String: [UInt8]]] = []
    for cut in 0...log.count {
      let past = Array(log[..<cut])
      let loose = past.indices.filter { !isSafe($0, in: past) && !isMark(past[$0]) }
      precondition(loose.count <= 12, "too many changes to try every subset")
      for kept in 0..<(1 << loose.count) {
        let lost = Set(loose.enumerated().filter { kept >> $0.offset & 1 == 0 }.map(\.element))
        results.append(
          apply(
            past.enumerated().filter { !lost.contains($0.offset) }.map(\.element),
            start: start))
      }
    }
    return results
  }

  private static func isMark(_ change: Change) -> Bool {
    switch change {
    case .synchronize, .synchronizeFolder: true
    default: false
    }
  }

  private static func isSafe(_ index: Int, in log: [Change]) -> Bool {
    let later = log[index...]
    switch log[index] {
    case .write(let node, _): return later.contains(.synchronize(node: node))
    default: return later.contains(.synchronizeFolder)
    }
  }

  private static func apply(
    _ changes: [Change], start: [String: [UInt8]]
  ) -> [String: [UInt8]] {
    var names: [String: Int] = [:]
    var contents: [Int: [UInt8]] = [:]
    for (node, file) in start.enumerated() {
      names[file.key] = -1 - node
      contents[-1 - node] = file.value
    }
    for change in changes {
      switch change {
      case .create(let name, let node):
        names[name] = node
      case .write(let node, let bytes): contents[node, default: []] += bytes
      case .rename(let from, let to):
        if let node = names.removeValue(forKey: from) { names[to] = node }
      case .remove(let name): names[name] = nil
      case .synchronize, .synchronizeFolder: break
      }
    }
    return names.mapValues { contents[$0] ?? [] }
  }
}
