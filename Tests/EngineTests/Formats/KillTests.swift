import Components
import Glibc
import Testing

@testable import Engine

/// A process that is killed while it saves leaves a checkpoint that loads.
@Suite struct KillTests {
  /// Saves over one file without pause; a second thread kills the process after some microseconds.
  static func saveUntilKilled(_ path: String, after microseconds: UInt32) throws {
    let weights = Tensor(shape: [1 << 18], of: Float.self) { $0.update(repeating: 1) }
    try Checkpoint.write(.tensor(weights), to: path)
    var thread = pthread_t()
    let delay = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    delay.pointee = microseconds
    pthread_create(
      &thread, nil,
      { argument in
        usleep(argument?.assumingMemoryBound(to: UInt32.self).pointee ?? 0)
        kill(getpid(), SIGKILL)
        return nil
      }, delay)
    while true { try Checkpoint.write(.tensor(weights), to: path) }
  }

  @Test(arguments: [0, 300, 1_100, 2_500, 4_700, 7_300, 11_000, 17_000] as [UInt32])
  func theCheckpointSurvives(microseconds: UInt32) async throws {
    let folder = try TemporaryFolder()
    let path = folder.file("model.pt")
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [path = path as String, microseconds = microseconds as UInt32] in
      try KillTests.saveUntilKilled(path, after: microseconds)
    }
    #expect(try Checkpoint.read(path).tensor.count == 1 << 18)
    try AtomicFile.removeLeftovers(in: folder.path)
    #expect(try folder.names() == ["model.pt"])
  }
}
