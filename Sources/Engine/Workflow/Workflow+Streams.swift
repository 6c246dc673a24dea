import Components

/// Where random streams stand when a run begins: at the seed, whatever was built or looked at before.
extension SupervisedTrainer {
  /// Nothing of this training has been done or taken over.
  public var isUntouched: Bool {
    state.iteration == 0 && state.epoch == 0 && !isEpochOpen && pass == nil && passState == nil
  }

  /// Before the first iteration puts torch's stream at the seed, and the loaders as if they were made
  /// now: the training's, then those of its validations. A training that goes on is left alone, one
  /// that was left for another finds its streams again.
  public func startStreams() throws {
    if let left = leftStreams {
      leftStreams = nil
      context.generator.state = left.generator
      for (source, state) in zip(sources, left.sources) {
        do { try source.rest(in: state) } catch let fault as Fault where fault.kind == .state {
          // Other transforms since then draw from streams of their own.
        }
      }
    }
    guard isUntouched, let seed = context.seed else { return }
    context.generator.seed(UInt64(seed))
    var started: [DataLoader] = []
    for source in sources {
      guard let loader = source as? DataLoader, !started.contains(where: { $0 === loader }) else {
        continue
      }
      loader.restart()
      started.append(loader)
    }
  }

  /// Another training takes the streams: remembers where this one left them.
  public func leaveStreams() throws {
    guard leftStreams == nil else { return }  // they are another's already
    leftStreams = LeftStreams(
      generator: context.generator.state, sources: try sources.map { try $0.restingState() })
  }

  private var sources: [any BatchSource] { [source] + validators.map(\.source) }
}

/// Where a training left the streams that it shares with others.
struct LeftStreams {
  var generator: TorchGenerator.State
  var sources: [StateValue]
}

extension SupervisedEvaluator {
  /// Runs `body` from the streams' start, and leaves streams and the best so far as a training has them:
  /// validating by hand gives the same numbers every time and changes no training.
  public func aside<R>(_ body: () throws -> R) throws -> R {
    let (resting, stream) = (try source.restingState(), context.generator.state)
    let best = (state.bestMetric, state.bestMetricEpoch, bestCheckpoint)
    defer { (state.bestMetric, state.bestMetricEpoch, bestCheckpoint) = best }
    if let seed = context.seed {
      context.generator.seed(UInt64(seed))
      (source as? DataLoader)?.restart()
    }
    let result = Result { try body() }
    context.generator.state = stream
    try source.rest(in: resting)
    return try result.get()
  }
}
