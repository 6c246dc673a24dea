import Components

/// Where a dataset's cases come from: given as `data`, or a data list file.
public struct CaseSource: Sendable {
  /// Dicts, one a case.
  public var data: Value = .none
  public var listFile: PathArgument?
  public var baseFolder: PathArgument?
  public var listKey: String?

  public init() {}

  func validate() throws(Fault) {
    if case .none = data, listFile == nil {
      throw Fault(
        .missingArgument, "the dataset has no data",
        remedy: "set data_list_file_path and data_list_key beside args", argument: ["data"])
    }
    if listFile != nil && listKey == nil {
      throw Fault(
        .missingArgument, "data_list_key is missing", wanted: "a key of the data list",
        remedy: "set data_list_key to training, validation or test", argument: ["data_list_key"])
    }
  }

  /// Cases in the order listed, and the names of the classes where the list has them.
  public struct Listing: Sendable {
    public var cases: [Sample]
    public var labels: [Int: String] = [:]
  }

  /// - Throws: what is wrong with the list; every file that `pipeline` would load and that is not there.
  func listing(for pipeline: Compose, _ output: any OutputSink) throws -> Listing {
    let listing = try listing(output)
    try requireFiles(of: listing.cases, for: pipeline)
    return listing
  }

  /// - Throws: every file that `pipeline` would load and that is not there.
  public func requireFiles(of cases: [Sample], for pipeline: Compose) throws(Fault) {
    try MissingFiles(cases, keys: pipeline.loadedKeys).requireNone(
      list: listFile?.path, baseFolder: baseFolder?.path)
  }

  /// - Throws: what is wrong with the list itself; files are not looked at.
  public func listing(_ output: any OutputSink) throws -> Listing {
    if let listFile, let listKey {
      let list = try DataList.read(
        listFile.path, section: listKey, baseFolder: baseFolder?.path)
      if list.skipped > 0 {
        let files = list.skipped == 1 ? "1 file" : "\(list.skipped) files"
        output.write("\(listFile.path): \(files) of macOS (._*) left out", to: .note)
      }
      return Listing(cases: list.items.map(Sample.init), labels: list.labels)
    }
    guard let items = data.elements else {
      throw Fault.wrongType(wanted: "list of dicts", got: data).inArgument("data")
    }
    let cases = try items.enumerated().map { index, item in
      switch item {
      case .dict(let entries): return Sample(entries)
      case .object(let object as SampleObject): return object.sample
      default:
        throw Fault.wrongType(wanted: "dict", got: item).inArgument("#\(index + 1)")
          .inArgument("data")
      }
    }
    return Listing(cases: cases)
  }
}

/// A dataset whose cases come from a `CaseSource`.
public protocol ListedDataset: Buildable {
  var source: CaseSource { get set }
  var transform: Ref<Transforms>? { get }
}

extension Argument where Root: ListedDataset {
  static var data: Argument { .optional("data", \Root.source.data, "Cases, one dict each.") }
  static var listFile: Argument {
    .attribute("data_list_file_path", \Root.source.listFile, "Decathlon data list (JSON).")
  }
  static var baseFolder: Argument {
    .attribute(
      "data_file_base_dir", \Root.source.baseFolder,
      "Folder the list's files are in; by default the list's own.")
  }
  static var listKey: Argument {
    .attribute("data_list_key", \Root.source.listKey, "Which cases of the list to take.")
  }
}

extension ListedDataset {
  public static var kind: ComponentKind { .dataset }
  public func validate() throws(Fault) { try source.validate() }
}
