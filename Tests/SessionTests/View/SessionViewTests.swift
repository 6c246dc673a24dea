import Components
import Foundation
import Synchronization
import Testing

@testable import Session

@Suite struct SessionViewTests {
  @Test func aViewIsWhatTheSessionWas() throws {
    let session = EtudeSession(output: Screen())
    _ = try session.run("a = 1\nloss = DiceLoss()", name: "cell 1")
    let before = session.view
    _ = try session.run("b = [1, 2]", name: "cell 2")
    #expect(before.names.map(\.name) == ["a", "loss"])
    #expect(session.view.names.map(\.name) == ["a", "b", "loss"])
    #expect(session.view.names.map(\.kind) == ["int", "list", "DiceLoss"])
    #expect(session.view.inputs == ["a = 1\nloss = DiceLoss()", "b = [1, 2]"])
  }

  @Test func aViewShowsWhatANameIsNow() throws {
    let session = EtudeSession(output: Screen())
    _ = try session.run("a = 1\na", name: "cell 1")
    _ = try session.run("a = 2", name: "cell 2")
    #expect(session.view.names.map(\.text) == ["2"])
    _ = try session.run("undo()", name: "cell 3")
    #expect(session.view.names.map(\.text) == ["1"])
  }

  /// Completion and the list of names answer while the session's own thread trains.
  @Test func readersAreAnsweredDuringATraining() throws {
    let mmar = try SmallMMAR()
    let session = EtudeSession(output: Screen())
    try session.load(mmar.root)
    for line in [
      "DATA_ROOT = \"\(mmar.root)/data\"; DATASET_JSON = \"\(mmar.list)\"",
      "train.model.channels = [4, 8]; train.model.strides = [2]; num_interval_per_valid = 100",
      "train.pre_transforms[4].spatial_size = [16, 16, 16]; train.trainer.amp = False",
    ] { _ = try session.run(line, name: "test") }
    let answers = Mutex<[(iteration: Int, completes: Bool)]>([])
    let isDone = Atomic<Bool>(false)
    let reader = Thread {
      while !isDone.load(ordering: .relaxed) {
        if let progress = session.view.progress {
          let found = session.completions("@mod", at: 4).items.map(\.text)
          answers.withLock { $0.append((progress.iteration, found == ["model"])) }
        }
        usleep(1000)
      }
    }
    reader.start()
    _ = try session.run("r = train(3)", name: "test")
    isDone.store(true, ordering: .relaxed)
    let seen = answers.withLock { $0 }
    #expect(Set(seen.map(\.iteration)).count > 1)
    #expect(seen.allSatisfy { $0.completes })
    #expect(session.view.progress == nil)
    #expect(session.completions("r.train_", at: 8).items.map(\.text).contains("train_loss"))
  }
}
