import Components
import Testing

@testable import Engine

@Suite struct CheckpointLoaderTests {
  static func loader(
    _ path: String, _ targets: [(name: String, value: Value)],
    _ change: (inout CheckpointLoader) -> Void = { _ in }
  ) -> any Handler {
    var arguments = CheckpointLoader()
    arguments.loadPath = PathArgument(path)
    arguments.loadDict = Named(targets)
    change(&arguments)
    return CheckpointLoader.Live(arguments)
  }

  static func network(_ w: Float, _ b: Float) -> StateValue { ToyNetwork(w: w, b: b).state() }

  static func write(_ folder: TemporaryFolder, _ entries: [(String, StateValue)]) throws -> String {
    try Checkpoint.write(.dict(StateDictionary(entries)), to: folder.file("model.pt"))
    return folder.file("model.pt")
  }

  /// Runs one training iteration with a rate of zero after loading `path` into the network.
  static func load(
    _ path: String, name: String = "model", _ change: (inout CheckpointLoader) -> Void = { _ in }
  ) throws -> ToyTraining {
    let training = try ToyTraining(
      learningRate: 0,
      handlers: { parts, _ in [loader(path, [(name, .object(parts.network))], change)] })
    try training.trainer.run(iterations: 1)
    return training
  }

  @Test func itLoadsAtTheStart() throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(folder, [("model", Self.network(3, 4)), ("train_conf", .int(1))])
    let training = try Self.load(path)
    #expect(training.network.w.number == 3)
    #expect(training.network.b.number == 4)
    #expect(training.sink.log[1] == "Restored all variables from \(path)")
  }

  @Test func oneTargetTakesABareState() throws {
    let folder = try TemporaryFolder()
    try Checkpoint.write(Self.network(3, 4), to: folder.file("bare.pt"))
    #expect(try Self.load(folder.file("bare.pt")).network.w.number == 3)
  }

  @Test func itActsInTheFirstRunOnly() throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(folder, [("model", Self.network(3, 4))])
    let training = try Self.load(path)
    training.network.w.value = Tensor([Float(9)], shape: [1])
    try training.trainer.run()
    #expect(training.network.w.number == 9)
  }

  @Test func aMissingFileSaysWhatToSet() {
    let fault = #expect(throws: Fault.self) { _ = try Self.load("nowhere/model.pt") }
    #expect(fault?.kind == .file)
    #expect(fault?.message == "there is no checkpoint 'nowhere/model.pt'")
    #expect(
      fault?.remedy
        == "set load_path (MMAR_CKPT in environment.json or --set) to a .pt file, or "
        + "dont_load_ckpt_model=True to start from new weights")
  }

  @Test func anAbsentEntryNamesTheNearest() throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(folder, [("model", Self.network(3, 4)), ("train_conf", .int(1))])
    let fault = #expect(throws: Fault.self) { _ = try Self.load(path, name: "modell") }
    #expect(fault?.message == "\(path.quoted) holds no entry 'modell'")
    #expect(fault?.suggestion == "model")
    #expect(fault?.got == "model, train_conf")
  }

  @Test func strictNamesWhatDiffers() throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(
      folder, [("model", .dict(StateDictionary([("w", .tensor(Tensor([Float(3)], shape: [1])))])))])
    let fault = #expect(throws: Fault.self) { _ = try Self.load(path) }
    #expect(fault?.message == "\(path.quoted) does not fit model: other names: [\"b\"]")
    #expect(fault?.remedy == "strict=False loads what has the same name")
    let training = try Self.load(path) { $0.strict = false }
    #expect(training.network.w.number == 3)
    #expect(training.network.b.number == 0.25)
    #expect(training.sink.notes == ["1 entries of model were not loaded: b"])
  }

  @Test func aShapeMayDifferOnlyOnRequest() throws {
    let folder = try TemporaryFolder()
    let path = try Self.write(
      folder,
      [
        (
          "model",
          .dict(
            StateDictionary([
              ("w", .tensor(Tensor([Float(3), 3], shape: [2]))),
              ("b", .tensor(Tensor([Float(4)], shape: [1]))),
            ]))
        )
      ])
    let fault = #expect(throws: Fault.self) { _ = try Self.load(path) { $0.strict = false } }
    #expect(fault?.kind == .shape)
    #expect(fault?.got == "[2]")
    let training = try Self.load(path) { $0.strictShape = false }
    #expect(training.network.w.number == 0.5)
    #expect(training.network.b.number == 4)
  }

  @Test func anythingWithoutStateIsRefused() {
    let fault = #expect(throws: Fault.self) {
      _ = try CheckpointLoader.make([
        "load_path": .string("model.pt"),
        "load_dict": .dict(["model": .object(ToyLoss(ToyNetwork()))]),
      ])
    }
    #expect(fault?.message == "a ToyLoss has no state to load")
    #expect(fault?.argument == ["load_dict", "model"])
  }
}
