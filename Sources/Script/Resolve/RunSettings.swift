import Components

/// The global variables that steer a run by themselves, without a placeholder reading them.
public struct RunSettings: Sendable, Equatable {
  /// How far a run goes that is not told how far.
  public var epochs: Int?
  /// Mixed precision: bfloat16 on a CPU.
  public var amp = false
  /// Train on all processes of `mpirun` together.
  public var multiGPU = false
  /// Seed of every random stream; nil leaves them to chance.
  public var randomSeed: Int?
  public var cudnnBenchmark: Bool?
  public var tf32: Bool?
  public var dontLoadCheckpoint: Bool?
  public var dontLoadTorchScript: Bool?
  /// Print the effective config before the run.
  public var printConfig = false
  public var useGPU: Bool?
  /// Size of the input for which the network is summarised before the run.
  public var summaryInputSize: [Int]?
  public var version: String?

  public init() {}

  /// Reads the top names, wherever they were set: config, environment.json, `--set` or a typed
  /// line.
  public init(_ bindings: Bindings) throws(Fault) {
    let reader = SettingReader(bindings: bindings)
    epochs = try reader.whole("epochs", atLeast: 0)
    amp = try reader.flag("amp") ?? false
    multiGPU = try reader.flag("multi_gpu") ?? false
    cudnnBenchmark = try reader.flag("cudnn_benchmark")
    tf32 = try reader.flag("tf32")
    dontLoadCheckpoint = try reader.flag("dont_load_ckpt_model")
    dontLoadTorchScript = try reader.flag("dont_load_ts_model")
    printConfig = try reader.flag("print_conf") ?? false
    useGPU = try reader.flag("use_gpu")
    randomSeed = try reader.seed()
    summaryInputSize = try reader.inputSize()
    if case .string(let text)? = try reader.value("CLARA_TRAIN_VERSION") { version = text }
  }

  /// Names that have an effect of their own, so that setting them is never a mistake.
  public static let names: Set<String> = [
    "epochs", "amp", "multi_gpu", "determinism", "cudnn_benchmark", "tf32", "dont_load_ckpt_model",
    "dont_load_ts_model", "print_conf", "use_gpu", "network_summary", "CLARA_TRAIN_VERSION",
    "PROCESSING_TASK", "search",
  ]

  /// One line for each setting that changes nothing on a CPU.
  public var notesOnCPU: [String] {
    var notes: [String] = []
    if useGPU == true { notes.append("use_gpu: there is no GPU backend; the run uses the CPU") }
    if tf32 != nil { notes.append("tf32: has no effect on a CPU") }
    if cudnnBenchmark == true {
      notes.append(
        randomSeed == nil
          ? "cudnn_benchmark: has no effect on a CPU"
          : "cudnn_benchmark: has no effect on a CPU; on a GPU it works against determinism")
    }
    return notes
  }
}

private struct SettingReader {
  let bindings: Bindings

  func value(_ name: String) throws(Fault) -> Value? {
    guard let binding = bindings[.top, name] else { return nil }
    return try bindings.value(of: binding.expression, from: .top)
  }

  /// `--set amp=1` is an int by the typing of options and means true.
  func flag(_ name: String) throws(Fault) -> Bool? {
    switch try value(name) {
    case nil, Value.none?: return nil
    case .bool(let flag)?: return flag
    case .int(0)?: return false
    case .int(1)?: return true
    case let value?: throw wrongType(name, value, wanted: "true or false")
    }
  }

  func whole(_ name: String, atLeast least: Int) throws(Fault) -> Int? {
    switch try value(name) {
    case nil, Value.none?: return nil
    case .int(let number)? where number >= least: return number
    case let value?: throw wrongType(name, value, wanted: "a whole number ≥ \(least)")
    }
  }

  /// `{"random_seed": 0}`; `null` and an absent key leave the streams to chance.
  func seed() throws(Fault) -> Int? {
    guard let value = try value("determinism"), value != .none else { return nil }
    guard case .dict(let entries) = value else {
      throw wrongType("determinism", value, wanted: "{\"random_seed\": 0}")
    }
    if let odd = entries.keys.first(where: { !Self.seeds.contains($0) }) {
      throw Fault(
        .unknownArgument, "determinism has no \(odd.quoted)",
        suggestion: Spelling.nearest(to: odd, among: Self.seeds), place: place("determinism"),
        path: "determinism", notes: ["it has random_seed"])
    }
    switch entries["random_seed"] {
    case nil, Value.none?: return nil
    case .int(let seed)? where (0...Int(UInt32.max)).contains(seed): return seed
    case let value?:
      throw wrongType("determinism", value, wanted: "random_seed from 0 to 4294967295")
    }
  }

  func inputSize() throws(Fault) -> [Int]? {
    guard case .dict(let entries)? = bindings[.top, "network_summary"]?.expression.form else {
      return nil
    }
    let size = entries.first {
      if case .string("input_size", _) = $0.key.form { true } else { false }
    }
    guard let size else { return nil }
    let value = try bindings.value(of: size.value, from: .top)
    let numbers = value.elements?.compactMap { item -> Int? in
      if case .int(let number) = item, number > 0 { number } else { nil }
    }
    guard let numbers, numbers.count == value.elements?.count else {
      throw wrongType("network_summary", value, wanted: "input_size as a list of whole numbers")
    }
    return numbers
  }

  /// The others are of Clara 3; one seed serves all streams.
  private static let seeds = ["random_seed", "python_seed", "numpy_seed", "tf_seed"]

  private func place(_ name: String) -> Place? {
    bindings[.top, name].map { bindings.sources.place($0.provenance.span) }
  }

  private func wrongType(_ name: String, _ value: Value, wanted: String) -> Fault {
    Fault(
      .wrongType, "\(name) has the wrong value", got: "\(value.kindName) \(value.shortened)",
      wanted: wanted,
      place: place(name), path: name)
  }
}
