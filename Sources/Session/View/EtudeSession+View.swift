import Components
import Engine
import Script

/// What other threads may know of a session.
extension EtudeSession {
  /// What could stand at a cursor, `cursor` in Unicode scalars. Any thread may ask, at any time.
  public func completions(_ text: String, at cursor: Int) -> Completions {
    onlooker().completions(text, at: cursor)
  }

  /// What the name at a cursor means (`Onlooker.inspection`). Any thread may ask, at any time.
  public func inspection(_ text: String, at cursor: Int, isDouble: Bool) -> RichOutput? {
    onlooker().inspection(text, at: cursor, isDouble: isDouble)
  }

  /// Publishes how the session looks now. Called by its own thread after every statement.
  @discardableResult
  func publishView() -> SessionView {
    let bindings = bindings
    var values = workbench.values.mapValues { ValueOutline($0) }
    for section in Section.allCases {
      for binding in bindings.bindings(in: section) {
        if let held = binding.held { values[binding.node] = ValueOutline(held.value) }
      }
    }
    let view = SessionView(
      bindings: bindings, values: values,
      seriesNames: runs.last?.history.series.map(\.name) ?? [], inputs: inputs, progress: nil,
      printer: printer)
    setView(view)
    return view
  }

  /// What would be gone with the session: weights that a training left in no file.
  public var unsavedWork: String? {
    guard let (number, run) = runs.lastTraining, run.checkpoint == nil, number > savedRuns else {
      return nil
    }
    return "the weights of run \(number) are in no file"
  }

  /// Has every iteration of a workflow published.
  func watch(_ value: Value) {
    guard case .object(let workflow as Workflow) = value else { return }
    workflow.on(.iterationCompleted) { [weak self] workflow in
      guard let self else { return }
      let state = workflow.state
      var view = view
      view.progress = SessionView.Progress(
        epoch: state.epoch, epochs: state.maxEpochs, iteration: state.iteration,
        metrics: Dictionary(state.metrics.map { ($0.name, $0.value) }) { $1 })
      setView(view)
    }
    guard let trainer = workflow as? SupervisedTrainer else { return }
    trainer.on(.iterationCompleted) { [weak self] trainer in
      self?.live.withLock { $0 }?.offer(trainer.history)
    }
    trainer.on(.epochCompleted) { [weak self] trainer in
      self?.live.withLock { $0 }?.offer(trainer.history, isWholeEpoch: true)
    }
  }
}
