import Components
import Glibc
import Synchronization

/// Writes scalars for TensorBoard into a folder: one file for each writer, whole records only.
///
/// A process has one writer for a folder (`shared`), so that two handlers which name the same
/// folder add to one file. The file is made with the first scalar. When a record could be written
/// in part only, the next one starts a new file: readers stop at damage and would miss the rest.
public final class EventWriter: Sendable {
  public let folder: String
  private let fileSystem: any FileSystem
  private let clock: @Sendable () -> Double
  private let state: Mutex<State>

  private struct State {
    var file: Int32?
    var path = ""
    var number = 0
  }

  private static let writers = Mutex<[String: EventWriter]>([:])

  init(
    folder: String, on fileSystem: any FileSystem = Disk(),
    clock: @escaping @Sendable () -> Double = EventWriter.secondsSince1970
  ) {
    (self.folder, self.fileSystem, self.clock) = (folder, fileSystem, clock)
    state = Mutex(State())
  }

  /// The one writer of this process for a folder.
  public static func shared(for folder: String) -> EventWriter {
    let name = PathName.normalized(folder)
    return writers.withLock { writers in
      if let writer = writers[name] { return writer }
      let writer = EventWriter(folder: name)
      writers[name] = writer
      return writer
    }
  }

  /// Adds one scalar; when this returns the system has it.
  ///
  /// - Throws: a `Fault` of kind `file`; scalars added before stay readable.
  public func add(_ tag: String, _ value: Float, step: Int) throws {
    let now = clock()
    let event = ScalarEvent(tag: tag, step: step, value: value, wallTime: now)
    try state.withLock { state in
      var bytes = EventRecord.scalar(event)
      if state.file == nil {
        try open(&state, now)
        bytes = EventRecord.version(wallTime: now) + bytes
      }
      try append(bytes, &state)
    }
  }

  /// Returns once everything added would survive a loss of power.
  public func synchronize() throws {
    try state.withLock { state in
      guard let file = state.file else { return }
      do throws(FileFailure) { try fileSystem.synchronize(file) } catch {
        throw error.writing(state.path)
      }
    }
  }

  /// Ends this file; a scalar added later starts another.
  public func close() throws {
    try state.withLock { state in
      guard let file = state.file else { return }
      state.file = nil
      state.number += 1
      do throws(FileFailure) { try fileSystem.close(file) } catch {
        throw error.writing(state.path)
      }
    }
  }

  private func open(_ state: inout State, _ now: Double) throws {
    do {
      try fileSystem.makeFolder(folder)
      while true {
        let name = Self.fileName(seconds: Int(now), number: state.number)
        state.path = PathName.join(folder, name)
        if fileSystem.kind(of: state.path) == nil { break }
        state.number += 1
      }
      state.file = try fileSystem.create(state.path)
    } catch { throw error.writing(state.path.isEmpty ? folder : state.path) }
  }

  private func append(_ bytes: [UInt8], _ state: inout State) throws {
    guard let file = state.file else { return }
    var written = 0
    do throws(FileFailure) {
      while written < bytes.count {
        let outcome = bytes.withUnsafeBytes { bytes -> Result<Int, FileFailure> in
          Result { () throws(FileFailure) in
            try fileSystem.write(file, UnsafeRawBufferPointer(rebasing: bytes[written...]))
          }
        }
        let count = try outcome.get()
        guard count > 0 else { throw FileFailure(code: EIO) }
        written += count
      }
    } catch {
      // What was in the file before is whole; after a part of a record nothing may follow.
      state.file = nil
      state.number += 1
      do { try fileSystem.close(file) } catch {}
      throw error.writing(state.path, written: written)
    }
  }

  /// `events.out.tfevents.<seconds>.<host>.<process>.<number>`
  private static func fileName(seconds: Int, number: Int) -> String {
    var host = [CChar](repeating: 0, count: 256)
    let isKnown = gethostname(&host, host.count - 1) == 0
    let bytes = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    let name = isKnown ? String(decoding: bytes, as: UTF8.self) : "host"
    return "\(prefix)\(seconds).\(name).\(getpid()).\(number)"
  }

  private static let prefix = "events.out.tfevents."

  static func isEventFile(_ name: String) -> Bool { name.contains("tfevents.") }

  private static let secondsSince1970: @Sendable () -> Double = {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }
}
