/// What `etude train` was asked to do.
public struct TrainOptions: Sendable, Equatable {
  public static let defaultConfig = "config/config_train.json"

  /// Where a run goes on from.
  public enum Resume: Sendable, Equatable {
    /// A new run: epoch 0.
    case no
    /// The newest state this MMAR's run left behind.
    case newest
    /// The named checkpoint.
    case file(String)
  }

  public var workflow: WorkflowOptions
  /// Also writes the run's statistics (`train_stats.json`) beside the checkpoints.
  public var writeTrainStats: Bool
  public var resume: Resume
  /// A folder below MMAR_CKPT_DIR for this run's files, so that runs never share them.
  public var run: String?
  /// Resolve, check and describe; train nothing and write nothing.
  public var dryRun: Bool

  public init(
    workflow: WorkflowOptions = WorkflowOptions(), writeTrainStats: Bool = false,
    resume: Resume = .no, run: String? = nil, dryRun: Bool = false
  ) {
    (self.workflow, self.writeTrainStats, self.resume) = (workflow, writeTrainStats, resume)
    (self.run, self.dryRun) = (run, dryRun)
  }
}
