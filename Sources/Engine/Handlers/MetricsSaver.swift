import Components

/// Writes metrics into tables after each epoch: `metrics.csv`, and for metrics with values by case
/// `<name>_raw.csv` and `<name>_summary.csv` (MONAI 0.8.1 `MetricsSaver`).
public struct MetricsSaver: Buildable {
  public var saveDir = PathArgument("")
  public var metrics: OneOrMany<String>? = .one("*")
  public var metricDetails: OneOrMany<String>?
  public var batchTransform: FunctionArgument?
  public var summaryOps: OneOrMany<String>?
  public var saveRank = 0
  public var delimiter = ","
  public var outputType = "csv"
  public var rank: Int?

  public init() {}

  public static var kind: ComponentKind { .handler }
  public static let schema = Schema<Self>(
    "MetricsSaver", "Writes metrics into CSV files after each epoch.",
    .required("save_dir", \.saveDir, "Folder of the files; it is made when missing."),
    .optional(
      "metrics", \.metrics, "Names to write into metrics.csv; '*' is all, None is no file."),
    .optional("metric_details", \.metricDetails, "Metrics whose values by case are written."),
    .optional(
      "batch_transform", \.batchTransform,
      "Takes the metadata that names the files out of the batch; default the image's."),
    .optional("summary_ops", \.summaryOps, "What the summary holds; '*' is everything."),
    .optional("save_rank", \.saveRank, "The distributed rank that writes."),
    .optional("delimiter", \.delimiter, "Stands between fields."),
    .optional("output_type", \.outputType, "Only csv is known."),
    .attribute("rank", \.rank, "Distributed rank the handler is for."))

  public func validate() throws(Fault) {
    if saveDir.path.isEmpty {
      throw Fault(
        .invalid, "save_dir is empty", wanted: "a folder",
        remedy: "save_dir=<MMAR_EVAL_OUTPUT_PATH>",
        argument: ["save_dir"])
    }
    if outputType.lowercased() != "csv" {
      throw Fault(
        .outOfRange, "output_type is unknown", got: outputType.quoted, wanted: "'csv'",
        argument: ["output_type"])
    }
    if saveRank != 0 {
      throw Fault(
        .outOfRange, "save_rank is greater than the number of processes", got: "\(saveRank)",
        wanted: "0", argument: ["save_rank"])
    }
    if let summaryOps {
      do { try MetricsReport.check(operations: summaryOps.values) } catch {
        throw error.inArgument("summary_ops")
      }
    }
    if delimiter.isEmpty {
      throw Fault(.invalid, "delimiter is empty", wanted: "','", argument: ["delimiter"])
    }
  }

  public func build(_ context: RunContext) -> any Object { Live(self) }

  /// Invariant behind `@unchecked`: belongs to the thread that runs the workflow.
  final class Live: Handler, @unchecked Sendable {
    private let arguments: MetricsSaver
    private var files: [String] = []

    init(_ arguments: MetricsSaver) { self.arguments = arguments }

    var kind: String { "MetricsSaver" }
    var summary: String { "\(kind) into \(arguments.saveDir.path)" }

    func attach(to workflow: Workflow) {
      workflow.on(.epochStarted) { [self] _ in files = [] }
      if arguments.metricDetails != nil {
        workflow.on(.iterationCompleted) { [self] in try files += fileNames(of: $0) }
      }
      workflow.on(.epochCompleted) { [self] in try write($0.state) }
    }

    private func write(_ state: WorkflowState) throws {
      let report = MetricsReport(folder: arguments.saveDir.path, delimiter: arguments.delimiter)
      let metrics = state.metrics.filter { arguments.metrics.names($0.name) }
      if !metrics.isEmpty { try report.write(metrics: metrics) }
      for (name, rows) in state.metricDetails.sorted(by: { $0.key < $1.key })
      where arguments.metricDetails.names(name) {
        let columns = rows.first?.count ?? 0
        let values = Tensor(rows.joined().map { Float($0) }, shape: [rows.count, columns])
        try report.write(raw: name, values: values, images: files.isEmpty ? nil : files)
        if let operations = arguments.summaryOps {
          try report.write(summary: name, values: values, operations: operations.values)
        }
      }
    }

    /// One name an item, as the image was loaded from.
    private func fileNames(of workflow: Workflow) throws -> [String] {
      guard let transform = arguments.batchTransform else {
        return workflow.state.batch.samples.map(\.caseFile)
      }
      let result = try transform.function.call(
        Arguments([workflow.state.batch.value]), workflow.callContext)
      if case .dict(let collated) = result, let names = collated["filename_or_obj"]?.elements {
        return try names.map { try name($0) }
      }
      return try (result.elements ?? [result]).map { item in
        guard case .dict(let metadata) = item, let name = metadata["filename_or_obj"] else {
          throw Fault(
            .wrongType, "batch_transform gave no metadata", got: item.shortened,
            wanted: "the image's metadata",
            remedy: "batch_transform=monai.handlers.from_engine([\"image_meta_dict\"])",
            argument: ["batch_transform"])
        }
        return try self.name(name)
      }
    }

    private func name(_ value: Value) throws(Fault) -> String { try String(argument: value) }
  }
}

extension OneOrMany<String>? {
  /// Whether `*` or the name itself is listed.
  fileprivate func names(_ name: String) -> Bool {
    guard let values = self?.values else { return false }
    return values.contains("*") || values.contains(name)
  }
}
