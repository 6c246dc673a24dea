import Components

/// Saves models: the best by the key metric, every few epochs or iterations, and at the end or at an
/// error (MONAI 0.8.1 `CheckpointSaver`).
///
/// Files are PyTorch checkpoints `{name: state_dict, …}`; of a `save_dict` with one entry the file is
/// that state_dict itself. Names are Clara's, `model.pt` for the best and `final_model.pt` for the
/// last, or MONAI's where the arguments ask for them. A file that another training left under such a
/// name is renamed first.
public struct CheckpointSaver: Buildable {
  public var saveDir = PathArgument("")
  public var saveDict = Named<Value>()
  public var name: String?
  public var filePrefix = ""
  public var saveFinal = false
  public var finalFilename: String?
  public var saveKeyMetric = false
  public var keyMetricName: String?
  public var keyMetricNSaved = 1
  public var keyMetricFilename: String?
  public var keyMetricSaveState = false
  public var keyMetricGreaterOrEqual = false
  public var keyMetricNegativeSign = false
  public var epochLevel = true
  public var saveInterval = 0
  public var nSaved: Int?
  public var rank: Int?

  public init() {}

  public static var kind: ComponentKind { .handler }
  public static let schema = Schema<Self>(
    "CheckpointSaver", "Saves the best model, the last one, and one every few epochs.",
    .required("save_dir", \.saveDir, "Folder of the files; it is made when missing."),
    .required("save_dict", \.saveDict, "The objects to save, under the names they have in a file."),
    .optional("name", \.name, "Name of a Python logger; all lines go to one log here."),
    .optional("file_prefix", \.filePrefix, "Stands before the names; with it they are MONAI's."),
    .optional("save_final", \.saveFinal, "Save at the end, and when an error ends the run."),
    .optional("final_filename", \.finalFilename, "Name of the last model; default final_model.pt."),
    .optional("save_key_metric", \.saveKeyMetric, "Save when the key metric is the best so far."),
    .optional("key_metric_name", \.keyMetricName, "The metric to go by; default the key metric."),
    .optional("key_metric_n_saved", \.keyMetricNSaved, in: 1..., "How many of the best to keep."),
    .optional("key_metric_filename", \.keyMetricFilename, "Name of the best; default model.pt."),
    .optional(
      "key_metric_save_state", \.keyMetricSaveState,
      "Also save the list of best files, under checkpointer."),
    .optional(
      "key_metric_greater_or_equal", \.keyMetricGreaterOrEqual, "Of equal ones keep the latest."),
    .optional(
      "key_metric_negative_sign", \.keyMetricNegativeSign,
      "Smaller values of the metric are better."),
    .optional("epoch_level", \.epochLevel, "Count the interval in epochs; False: in iterations."),
    .optional("save_interval", \.saveInterval, in: 0..., "Save every so many; 0 never does."),
    .optional("n_saved", \.nSaved, "How many of the interval's files to keep; None keeps all."),
    .attribute("rank", \.rank, "Distributed rank the handler is for."))

  public func validate() throws(Fault) {
    if saveDir.path.isEmpty {
      throw Fault(
        .invalid, "save_dir is empty", wanted: "a folder", remedy: "save_dir=<MMAR_CKPT_DIR>",
        argument: ["save_dir"])
    }
    if saveDict.entries.isEmpty {
      throw Fault(
        .invalid, "save_dict names nothing to save", wanted: "{\"model\": \"@model\"}",
        argument: ["save_dict"])
    }
    if keyMetricFilename != nil, keyMetricNSaved > 1 {
      throw Fault(
        .invalid, "one key_metric_filename cannot hold \(keyMetricNSaved) models",
        wanted: "key_metric_n_saved=1", argument: ["key_metric_n_saved"])
    }
    for file in [keyMetricFilename, finalFilename, filePrefix] {
      if let file, file.contains("/") {
        throw Fault(
          .invalid, "a file name may not lead out of save_dir", got: file.quoted,
          wanted: "a name without /")
      }
    }
    if let nSaved, nSaved < 1 {
      throw Fault(.outOfRange, "n_saved is out of range", got: "\(nSaved)", wanted: "≥ 1 or None")
    }
  }

  public func build(_ context: RunContext) -> any Object { Live(self) }

  /// Invariant behind `@unchecked`: belongs to the thread that runs the workflow.
  final class Live: Handler, @unchecked Sendable {
    private let arguments: CheckpointSaver
    private var best: CheckpointSeries
    private var final: CheckpointSeries
    private var interval: CheckpointSeries
    private var index: CheckpointIndex?

    init(_ arguments: CheckpointSaver) {
      self.arguments = arguments
      let prefix = arguments.filePrefix.isEmpty ? "" : arguments.filePrefix + "_"
      let entries = arguments.saveDict.entries
      let stem = prefix + (entries.count == 1 ? entries[0].name : "checkpoint")
      let isClara = arguments.filePrefix.isEmpty
      best = CheckpointSeries(
        name: "key_metric", count: arguments.keyMetricNSaved,
        fixedFile: arguments.keyMetricFilename
          ?? (isClara && arguments.keyMetricNSaved == 1 ? "model.pt" : nil),
        stem: stem, replacesEqual: arguments.keyMetricGreaterOrEqual, isMetric: true)
      final = CheckpointSeries(
        name: "final_iteration", count: 1,
        fixedFile: arguments.finalFilename ?? (isClara ? "final_model.pt" : nil), stem: stem,
        replacesEqual: true)
      interval = CheckpointSeries(
        name: arguments.epochLevel ? "epoch" : "iteration", count: arguments.nSaved,
        fixedFile: nil, stem: stem, replacesEqual: true)
    }

    var kind: String { "CheckpointSaver" }
    var summary: String { "\(kind) into \(arguments.saveDir.path)" }

    func attach(to workflow: Workflow) {
      workflow.useCheckpointFolder(arguments.saveDir.path)
      workflow.on(.started) { [self] in if $0.savesModels { try prepare($0) } }
      if arguments.saveFinal {
        workflow.on(.completed) { [self] in
          guard $0.savesModels else { return }
          let file = try save(\.final, Double($0.state.iteration), $0)
          $0.log("Train completed, saved final checkpoint: \(file ?? "")")
        }
        workflow.onException { [self] workflow, _ in
          guard workflow.savesModels else { return }
          let file = try save(\.final, Double(workflow.state.iteration), workflow)
          workflow.log("Exception raised, saved the last checkpoint: \(file ?? "")")
        }
      }
      if arguments.saveKeyMetric {
        workflow.on(.epochCompleted) { [self] in if $0.savesModels { try saveBest($0) } }
      }
      if arguments.saveInterval > 0 {
        let event = arguments.epochLevel ? Event.epochCompleted : .iterationCompleted
        workflow.on(event, .every(arguments.saveInterval)) { [self] in
          if $0.savesModels { try saveInterval($0) }
        }
      }
    }

    // MARK: When

    /// Tidies up after killed writers and finds the files this training has written before.
    private func prepare(_ workflow: Workflow) throws {
      let folder = arguments.saveDir.path
      do { try Disk().makeFolder(folder) } catch { throw error.writing(folder) }
      try AtomicFile.removeLeftovers(in: folder)
      let index = try CheckpointIndex(folder: folder)
      let own = index.files(of: workflow.trainingIdentity)
      for series in [\Live.best, \.final, \.interval] {
        self[keyPath: series].adopt(
          own.filter { $0.series == self[keyPath: series].name }.map { ($0.priority, $0.file) })
      }
      for entry in own { workflow.runFiles.claim(path(entry.file)) }
      self.index = index
    }

    private func saveBest(_ workflow: Workflow) throws {
      let wanted = arguments.keyMetricName ?? workflow.state.keyMetricName
      guard let wanted else {
        throw Fault(
          .invalid, "save_key_metric needs a key metric", wanted: "key_metric or key_metric_name",
          argument: ["save_key_metric"])
      }
      guard let metric = workflow.state.metric(wanted) else {
        throw Fault.unknown("metric", wanted, among: workflow.state.metrics.map(\.name))
          .inArgument("key_metric_name")
      }
      let priority = arguments.keyMetricNegativeSign ? -metric : metric
      guard let file = try save(\.best, priority, workflow) else { return }
      workflow.bestCheckpoint = path(file)
    }

    private func saveInterval(_ workflow: Workflow) throws {
      let state = workflow.state
      let number = arguments.epochLevel ? state.epoch : state.iteration
      _ = try save(\.interval, Double(number), workflow)
      workflow.log("Saved checkpoint at \(interval.name): \(number)")
    }

    // MARK: How

    /// Returns the name of the file, nil when that priority is not worth one.
    private func save(
      _ series: ReferenceWritableKeyPath<Live, CheckpointSeries>, _ priority: Double,
      _ workflow: Workflow
    ) throws -> String? {
      guard self[keyPath: series].wants(priority) else { return nil }
      if index == nil { try prepare(workflow) }
      let file = self[keyPath: series].file(for: priority)
      let files = workflow.runFiles
      try workflow.keepForeign(path(file))
      let entry = CheckpointIndex.Entry(
        run: workflow.trainingIdentity, series: self[keyPath: series].name, priority: priority,
        file: file)
      // A file that is there keeps its own score in the list until it is replaced: a kill in between
      // must not leave the old model under the new score.
      let isReplaced = index?.files(of: entry.run).contains { $0.file == file } ?? false
      if !isReplaced { try index?.record(entry) }
      var after = self[keyPath: series]
      let surplus = after.add(priority, file: file)
      let content = try content(withSeries: after)
      try files.write(path(file)) { try Checkpoint.write(content, to: $0) }
      if isReplaced { try index?.record(entry) }
      self[keyPath: series] = after
      for old in surplus {
        try files.remove(path(old))
        try index?.remove(old)
      }
      workflow.didSave(checkpoint: path(file))
      return file
    }

    private func path(_ file: String) -> String { PathName.join(arguments.saveDir.path, file) }

    private func content(withSeries series: CheckpointSeries) throws -> StateValue {
      let entries = try arguments.saveDict.entries.map { name, value -> (String, StateValue) in
        if case .object(let object as any Stateful) = value { return (name, try object.state()) }
        return (name, StateValue(value))
      }
      var content: StateDictionary
      if entries.count == 1, case .dict(let bare) = entries[0].1 {
        content = bare
      } else {
        content = StateDictionary(entries)
      }
      if series.isMetric, arguments.keyMetricSaveState {
        let saved = series.saved.map { StateValue.tuple([.double($0.priority), .string($0.file)]) }
        content["checkpointer"] = .dict(StateDictionary([("saved", .list(saved))]))
      }
      return .dict(content)
    }
  }
}
