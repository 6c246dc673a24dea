import Components
import Engine
import Testing

@testable import Session

/// `train(…)` and `validate(…)` at the prompt, on three tiny volumes.
@Suite struct TrainActionTests {
  @Test func itGoesOnAndStopsAtTheEnd() throws {
    let dialogue = try Dialogue("epochs=3")
    try dialogue.type("a = train(1)\nb = train()")
    #expect(try dialogue.numbers("a.epochs") == [1])
    #expect(try dialogue.numbers("b.epochs") == [2])
    #expect(try dialogue.numbers("b.train_loss.x") == [2, 3])
    #expect(try dialogue.type("c = train()") == "")
    #expect(dialogue.notes.last == "at epoch 3 of 3; train(epochs=10) trains 10 more")
    #expect(try dialogue.numbers("c.iterations") == [0])
    #expect(dialogue.session.runs.entries.count == 2, "what did nothing is no run")
    try dialogue.type("d = train(iterations=1)")
    #expect(try dialogue.numbers("d.train_loss.x") == [4])
  }

  @Test func chosenCasesAreTrainedAndValidatedOn() throws {
    let dialogue = try Dialogue()
    let screen = try dialogue.type("r = train(2, cases=[\"spleen_01\"])")
    #expect(try dialogue.numbers("r.iterations") == [2], "one case is one batch")
    #expect(screen.contains("n=1") && screen.contains("spleen_01"), "validated on the same case")
    // Their best model takes no one's place.
    #expect(dialogue.files(in: "models/cases").contains("model.pt"))
    #expect(!dialogue.files(in: "models").contains("model.pt"))
    // The next training is on all cases again, goes on counting and has a best of its own.
    let next = try dialogue.type("s = train(1)")
    #expect(next.contains("spleen_02"))
    #expect(try dialogue.numbers("s.val_mean_dice.x") == [3])
    #expect(try dialogue.numbers("s.best_epoch") == [3])
    #expect(dialogue.files(in: "models").contains("model.pt"))
  }

  @Test(arguments: [
    ("cases=[\"spleen_1\"]", "spleen_01"), ("cases=[\"spleen_02.nii.gz\"]", "spleen_01"),
  ])
  func aCaseThatIsNotThereHasANearestName(call: String, nearest: String) throws {
    let dialogue = try Dialogue()
    let fault = try #require(throws: Fault.self) { try dialogue.type("train(\(call))") }
    #expect(fault.message.hasPrefix("no case is called"))
    #expect(fault.suggestion?.hasPrefix("spleen_0") == true)
    #expect(fault.notes == ["there are spleen_00, spleen_01"])
  }

  @Test func numbersOfCasesAreChecked() throws {
    let dialogue = try Dialogue()
    let fault = try #require(throws: Fault.self) { try dialogue.type("train(cases=[2])") }
    #expect(fault.message == "the data set has 2 cases" && fault.wanted == "0 to 1")
    #expect(throws: Fault.self) { try dialogue.type("train(cases=[])") }
    try dialogue.type("r = train(1, cases=-1, validate=False)")
    #expect(try dialogue.numbers("r.iterations") == [1])
  }

  @Test func withoutValidation() throws {
    let dialogue = try Dialogue()
    let screen = try dialogue.type("r = train(1, validate=False)")
    #expect(!screen.contains("val_mean_dice"))
    #expect(throws: Fault.self) { try dialogue.value("r.val_mean_dice") }
    #expect(try dialogue.type("train(1)").contains("val_mean_dice"))
  }

  /// The same numbers again, from weights that are new: nothing of the first training is left.
  @Test func afreshIsAsTheFirstTime() throws {
    let dialogue = try Dialogue()
    try dialogue.type("a = train(2)\nb = train(2, fresh=True)")
    #expect(try dialogue.numbers("a.train_loss.y") == dialogue.numbers("b.train_loss.y"))
    #expect(try dialogue.numbers("b.train_loss.x") == [1, 2])
    let models = try dialogue.mmar.names(in: "models")
    #expect(models.contains("model.1.pt"), "the first training's files are kept: \(models)")
  }

  @Test func aRunOfItsOwnSharesNoFiles() throws {
    let dialogue = try Dialogue()
    try dialogue.type("r = train(1, run=\"dice\")")
    let files = dialogue.files(in: "models")
    #expect(files.allSatisfy { $0 == "dice" || $0.hasPrefix("dice/") }, "\(files)")
    for name in ["model.pt", "final_model.pt", "resolved_config.json", "run_state.pt"] {
      #expect(files.contains("dice/\(name)"), "\(name)")
    }
    #expect(files.contains { $0.hasPrefix("dice/events.out.tfevents") })
    #expect(
      try dialogue.value("r.checkpoint") == .string(dialogue.mmar.root + "/models/dice/model.pt"))
    // Training goes on, in the usual place.
    try dialogue.type("s = train(1)")
    #expect(try dialogue.numbers("s.train_loss.x") == [2])
    #expect(dialogue.files(in: "models").contains("final_model.pt"))
  }

  @Test(arguments: ["", "..", ".x", "a/b", "/tmp"])
  func aBadNameOfARunIsRefused(name: String) throws {
    let dialogue = try Dialogue()
    let fault = try #require(throws: Fault.self) { try dialogue.type("train(1, run=\"\(name)\")") }
    #expect(fault.message == "a run is named by a plain word" && fault.remedy != nil)
    #expect(dialogue.session.builtTrainer?.state.iteration ?? 0 == 0)
  }

  /// The stop comes in the middle of an iteration; the run is bound and the next one goes on.
  @Test func anInterruptedRunIsBound() throws {
    let dialogue = try Dialogue("epochs=4")
    try dialogue.session.makeTrainingParts(epochs: nil)
    let trainer = try dialogue.session.trainer()
    trainer.on(.iterationStarted) { [cancellation = dialogue.cancellation] in
      if $0.state.iteration == 2 { cancellation.request() }
    }
    try dialogue.type("r = train()")
    // The prompt does so before the next entry.
    dialogue.cancellation.reset()
    #expect(try dialogue.value("r.interrupted") == .bool(true))
    #expect(dialogue.notes.contains { $0.hasPrefix("interrupted after iteration") })
    try dialogue.type("s = train()")
    let (first, second) = (
      try dialogue.numbers("r.train_loss.x"), try dialogue.numbers("s.train_loss.x")
    )
    #expect(first + second == [1, 2, 3, 4])
    #expect(try dialogue.value("s.interrupted") == .bool(false))
  }

  @Test func validationSavesNothingUnlessAsked() throws {
    let dialogue = try Dialogue()
    let screen = try dialogue.type("v = validate()")
    #expect(screen.contains("val_mean_dice") && screen.contains("n=1"))
    #expect(!dialogue.files(in: "models").contains("model.pt"))
    #expect(try dialogue.value("v.checkpoint") == Value.none)
    try dialogue.type("w = validate(save=True)")
    #expect(dialogue.files(in: "models").contains("model.pt"))
    #expect(try dialogue.numbers("v.best") == dialogue.numbers("w.best"))
  }

  @Test func someCasesAreValidated() throws {
    let dialogue = try Dialogue("VAL_DATALIST_KEY=training")
    #expect(try dialogue.type("validate()").contains("n=2"))
    let screen = try dialogue.type("validate(cases=[\"spleen_00\"])")
    #expect(screen.contains("n=1") && screen.contains("spleen_00"))
    #expect(try dialogue.type("validate()").contains("n=2"), "the next one is of all cases again")
  }

  @Test func runsAreListed() throws {
    let dialogue = try Dialogue()
    #expect(try dialogue.type("runs()") == "no runs yet; train() makes one")
    try dialogue.type("train(1)\ntrain(1, run=\"dice\")\nvalidate()")
    try dialogue.type("runs()").measured(root: dialogue.mmar.root).expect("actions/runs")
  }
}
