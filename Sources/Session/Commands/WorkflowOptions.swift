/// The files and overrides every command on an MMAR shares, named as Clara's own commands name them.
public struct WorkflowOptions: Sendable, Equatable {
  /// The MMAR folder; `config` and `environment` are relative to it.
  public var mmar: String
  /// The workflow config; nil takes the command's own default.
  public var config: String?
  /// The environment file; nil takes `config/environment.json` where that file exists.
  public var environment: String?
  /// `name=value` words in the order they were typed; later ones win.
  public var sets: [String]
  /// Cores to use; nil takes all of them.
  public var threads: Int?

  public init(
    mmar: String = ".", config: String? = nil, environment: String? = nil, sets: [String] = [],
    threads: Int? = nil
  ) {
    (self.mmar, self.config, self.environment) = (mmar, config, environment)
    (self.sets, self.threads) = (sets, threads)
  }
}
