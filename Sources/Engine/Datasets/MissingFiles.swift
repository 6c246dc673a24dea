import Components

/// Files that cases name and that are not there; looked for in all cases before the first is read.
struct MissingFiles {
  let paths: [String]
  private let total: Int

  init(_ cases: [Sample], keys: [String]) {
    var (seen, missing): (Set<String>, [String]) = ([], [])
    for sample in cases {
      for path in keys.flatMap({ Self.paths(sample[$0]) }) where seen.insert(path).inserted {
        if Disk().kind(of: path) == nil { missing.append(path) }
      }
    }
    (paths, total) = (missing, seen.count)
  }

  private static func paths(_ entry: Sample.Entry?) -> [String] {
    switch entry {
    case .value(.string(let path)): [path]
    case .value(let value): (value.elements ?? []).flatMap { paths(.value($0)) }
    default: []
    }
  }

  func requireNone(list: String?, baseFolder: String?) throws(Fault) {
    guard let first = paths.first else { return }
    let owner = list.map { " of \($0.quoted)" } ?? ""
    let folder = PathName.folder(of: first)
    let isFolderThere = folder.isEmpty || Disk().kind(of: folder) == .folder
    let shown = paths.prefix(20).map { "no file \($0)" }
    throw Fault(
      .file, "\(paths.count) of the \(total) files\(owner) are missing",
      got: isFolderThere ? nil : "there is no folder \(folder.quoted)",
      remedy: paths.count == total && list != nil
        ? "set data_file_base_dir (DATA_ROOT) to the folder they are in"
        : "bring them back, or take their cases off the data list",
      argument: paths.count == total && baseFolder != nil ? ["data_file_base_dir"] : [],
      notes: shown + (paths.count > shown.count ? ["and \(paths.count - shown.count) more"] : []))
  }
}

extension Compose {
  /// Entries that are file names until this pipeline loads them.
  var loadedKeys: [String] {
    transforms.flatMap { transform -> [String] in
      guard let load = transform as? LoadImaged else { return [] }
      return load.keys.values
    }
  }
}
