import Components

/// A component whose arguments name files: what has to be there before a run, and what a run replaces.
public protocol FileUser: Component {
  typealias NamedFile = (argument: String, path: String)
  /// Files that are read.
  var filesRead: [NamedFile] { get }
  /// Folders that are written into, and made when missing.
  var foldersWritten: [NamedFile] { get }
  /// Files that are replaced when they are there.
  var filesReplaced: [NamedFile] { get }
}

extension FileUser {
  public var filesRead: [NamedFile] { [] }
  public var foldersWritten: [NamedFile] { [] }
  public var filesReplaced: [NamedFile] { [] }
}

extension CheckpointLoader: FileUser {
  public var filesRead: [NamedFile] { [("load_path", loadPath.path)] }
}

extension CheckpointSaver: FileUser {
  public var foldersWritten: [NamedFile] { [("save_dir", saveDir.path)] }
}

extension TensorBoardStatsHandler: FileUser {
  public var foldersWritten: [NamedFile] { [("log_dir", logDir.path)] }
}

extension MetricsSaver: FileUser {
  public var foldersWritten: [NamedFile] { [("save_dir", saveDir.path)] }
  public var filesReplaced: [NamedFile] {
    let tables =
      (metrics == nil ? [] : ["metrics.csv"])
      + (metricDetails?.values.filter { $0 != "*" } ?? []).flatMap { name in
        ["\(name)_raw.csv"] + (summaryOps == nil ? [] : ["\(name)_summary.csv"])
      }
    return tables.map { ("save_dir", PathName.join(saveDir.path, $0)) }
  }
}

extension SaveImaged: FileUser {
  public var foldersWritten: [NamedFile] { [("output_dir", outputFolder.path)] }
}
