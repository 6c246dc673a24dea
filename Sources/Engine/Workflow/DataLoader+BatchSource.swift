import Components

/// The way back into the middle of an epoch: the generator before the epoch drew from it makes the
/// same order and the same workers' seeds, and from there on
/// - without workers the transforms' streams are put where they were,
/// - with workers, whose streams start anew each epoch, the batches before are prepared again.
extension DataLoader: BatchSource {
  public func makePass(_ context: RunContext) throws -> any BatchPass {
    LoaderPass(self, try makeIterator(context))
  }

  public func makePass(from state: StateValue, _ context: RunContext) throws -> any BatchPass {
    let saved = try state.dictionary("pass")
    let position = try saved.int("position")
    let generatorNow = generator.state
    defer { generator.state = generatorNow }
    generator.state = try TorchGenerator.State(bytes: saved.elements("generator", of: UInt8.self))
    let iterator = try makeIterator(context)
    guard 0...iterator.batchCount ~= position else { throw StateValue.damaged("position") }
    if workers == 0 {
      try rest(in: try saved.required("streams"))
      iterator.jump(to: position)
    } else {
      try iterator.skip(position)
    }
    return LoaderPass(self, iterator)
  }

  public func restingState() -> StateValue {
    workers == 0 ? currentStreams.state() : .none
  }

  public func rest(in state: StateValue) throws {
    if workers > 0 { return }
    let saved = try PipelineStreams(state: state)
    guard saved.streams.map(\.count) == currentStreams.streams.map(\.count) else {
      throw Fault(
        .state, "the saved run had other random transforms than this loader",
        remedy: "resume with the transforms the run was started with")
    }
    currentStreams = saved
  }
}

/// An epoch of a `DataLoader`.
private final class LoaderPass: BatchPass {
  private let loader: DataLoader
  private let iterator: BatchIterator

  init(_ loader: DataLoader, _ iterator: BatchIterator) {
    (self.loader, self.iterator) = (loader, iterator)
  }

  func next() throws -> Batch? { try iterator.next() }

  func state() -> StateValue {
    let generator = iterator.epochStartState.generator.bytes
    return .dict(
      StateDictionary([
        ("position", .int(iterator.position)),
        ("generator", .tensor(Tensor(generator, shape: [generator.count]))),
        ("streams", loader.restingState()),
      ]))
  }
}

extension PipelineStreams {
  /// A list for each transform, with one tensor for each stream: 624 words, the position, whether a
  /// normal is pending, and its bits.
  func state() -> StateValue {
    .list(
      streams.map { streams in
        .list(
          streams.map { stream in
            let words = stream.twister.words.map(Int64.init)
            let pending = stream.pendingNormal.map { Int64(bitPattern: $0.bitPattern) }
            let numbers =
              words + [Int64(stream.twister.position), pending == nil ? 0 : 1, pending ?? 0]
            return .tensor(Tensor(numbers, shape: [numbers.count]))
          })
      })
  }

  init(state: StateValue) throws {
    self.init(
      try state.list("streams").map { streams in
        try streams.list("streams").map { try Self.stream($0) }
      })
  }

  private static func stream(_ state: StateValue) throws -> RandomState {
    guard case .tensor(let tensor) = state, tensor.dtype == .int64, tensor.shape == [627] else {
      throw StateValue.damaged("streams")
    }
    let numbers = tensor.elements(of: Int64.self)
    let words = numbers[..<624].map { UInt32(truncatingIfNeeded: $0) }
    guard let twister = MersenneTwister(words: words, position: Int(clamping: numbers[624])) else {
      throw StateValue.damaged("streams")
    }
    let pending = Double(bitPattern: UInt64(bitPattern: numbers[626]))
    return RandomState(twister, pendingNormal: numbers[625] == 0 ? nil : pending)
  }
}
