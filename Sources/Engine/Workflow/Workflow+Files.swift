import Components

/// What belongs to one training as a whole, whichever of its workflows writes.
extension Workflow {
  /// Which training files are marked with; an evaluator inside a training has the trainer's.
  var trainingIdentity: RunIdentity {
    switch self {
    case let trainer as SupervisedTrainer: trainer.identity
    case let evaluator as SupervisedEvaluator: evaluator.trainer?.identity ?? evaluator.identity
    default: identity
    }
  }

  /// The files this training has written and may replace.
  var runFiles: RunFiles { (self as? SupervisedEvaluator)?.trainer?.files ?? files }

  /// Told by a saver: the folder is where the training's state belongs too, unless it has a place.
  func useCheckpointFolder(_ folder: String) {
    if checkpointFolder == nil { checkpointFolder = folder }
    guard let trainer = self as? SupervisedTrainer, trainer.stateFile == nil else { return }
    trainer.stateFile = PathName.join(folder, SupervisedTrainer.stateFileName)
  }

  /// Renames a file that another training left where this one is about to write.
  func keepForeign(_ path: String) throws {
    if let kept = try runFiles.preserve(existing: path), !context.isRepeatable {
      note("\(path) was there before this run; it is \(kept) now")
    }
  }

  /// Told by a saver when a checkpoint is safe on the disk.
  func didSave(checkpoint path: String) {
    lastCheckpoint = path
    ((self as? SupervisedTrainer) ?? (self as? SupervisedEvaluator)?.trainer)?.wantsStateSaved =
      true
  }
}

extension SupervisedTrainer {
  /// Makes the folder of the state file, and removes what killed writers left there.
  func prepareStateFolder() throws {
    guard let stateFile else { return }
    let folder = PathName.folder(of: stateFile)
    do throws(FileFailure) { try Disk().makeFolder(folder) } catch { throw error.writing(folder) }
    try AtomicFile.removeLeftovers(in: folder)
  }

  /// Writes the whole state, so that `--resume` goes on from the last whole iteration.
  func saveState() throws {
    guard let stateFile else { return }
    try enterStateFile(stateFile)
    let saved = try savedState()
    try files.write(stateFile) { try Checkpoint.write(saved, to: $0) }
    wantsStateSaved = false
  }

  /// After a resume the folder's list tells that the file is this training's own. Of a training that
  /// has finished nothing is left to resume, so its state is replaced.
  private func enterStateFile(_ path: String) throws {
    var index = try CheckpointIndex(folder: PathName.folder(of: path))
    let name = PathName.name(of: path)
    let isFinished = hasCompleted && closedEpochs >= configuredEpochs
    let entry = CheckpointIndex.Entry(
      run: identity, series: "state", priority: isFinished ? 1 : 0, file: name)
    let present = index.entries.first { $0.file == name }
    if let present, present.run == identity || present.priority == 1 {
      files.claim(path)
    } else {
      try keepForeign(path)
    }
    if present != entry { try index.record(entry) }
  }

  /// Goes on from a file that `saveState` wrote. The state is saved where the savers of this training
  /// write, or in that file when there are none.
  public func resume(from path: String) throws {
    do { try restore(try Checkpoint.read(path)) } catch let fault as Fault {
      throw fault.inFile(path)
    }
    stateFile = stateFile ?? path
    if stateFile == path { files.claim(path) }
    note("resumed \(path) at epoch \(state.epoch), iteration \(state.iteration)")
  }
}

extension Fault {
  fileprivate func inFile(_ path: String) -> Fault {
    var fault = self
    if !message.contains(path) { fault.message = "cannot resume from \(path.quoted): \(message)" }
    return fault
  }
}
