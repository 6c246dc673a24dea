import Components

/// A list of cases: Decathlon's `dataset.json`, or a folder laid out as one.
///
/// As MONAI 0.8.1's `load_decathlon_datalist`, with what real lists need beside it: `testing` for
/// `test`, strings or objects as items, files of macOS (`._name`) left out.
public struct DataList: Sendable {
  /// What `label` means (`PROCESSING_TASK`): a file in segmentation, otherwise a value.
  public enum Task: String, Sendable, CaseIterable {
    case segmentation, classification, annotation
  }

  public let path: String
  /// The section that was read: `training`, `validation`, …
  public let section: String
  /// One dictionary a case; file names are joined to the base folder.
  public let items: [ValueDictionary]
  /// Names of the classes by number, as `labels` has them: `background`, `spleen`.
  public let labels: [Int: String]
  /// Items left out because macOS made them.
  public let skipped: Int

  /// - Parameters:
  ///   - section: `data_list_key`; `test` and `testing` stand for one another.
  ///   - baseFolder: `data_file_base_dir`; by default the folder of the list.
  /// - Throws: a `Fault` that names the list; for a missing section, the sections there are.
  public static func read(
    _ path: String, section: String = "training", baseFolder: String? = nil,
    task: Task = .segmentation
  ) throws -> DataList {
    if Disk().kind(of: path) == .folder {
      let file = PathName.join(path, "dataset.json")
      if Disk().kind(of: file) == .file {
        return try read(file, section: section, baseFolder: baseFolder, task: task)
      }
      return try FolderList.read(path, section: section)
    }
    guard Disk().kind(of: path) == .file else {
      throw Fault(.file, "there is no data list \(path.quoted)")
    }
    let contents = try JSONFile.read(path)
    guard case .dict(let root) = contents else {
      throw Fault(
        .data, "\(path.quoted) is no data list", got: "a \(contents.kindName)",
        wanted: "an object with the keys training, validation or test")
    }
    let found = try find(section, in: root, path)
    guard case .list(let entries) = found.value else {
      throw Fault(
        .data, "the key \(found.key.quoted) of \(path.quoted) is no list",
        got: "\(found.value.kindName) \(found.value.shortened)")
    }
    let base = baseFolder ?? PathName.folder(of: path)
    var items: [ValueDictionary] = []
    var skipped = 0
    for (number, entry) in entries.enumerated() {
      let item = try item(entry, number, found.key, path)
      if isMacFile(item["image"]) {
        skipped += 1
      } else {
        items.append(joined(item, base, task))
      }
    }
    guard !items.isEmpty else {
      throw Fault(
        .data, "the key \(found.key.quoted) of \(path.quoted) lists no cases",
        got: skipped > 0 ? "only files of macOS" : nil,
        remedy: splitRemedy(section, root, path))
    }
    return DataList(
      path: path, section: found.key, items: items, labels: try labels(of: root, path),
      skipped: skipped)
  }

  /// Items whose `fold` is the given one, and the others: validation and training of a
  /// cross-validation.
  public func divided(byFold fold: Int) throws -> (
    inside: [ValueDictionary], outside: [ValueDictionary]
  ) {
    let folds = Set(
      items.compactMap { item -> Int? in
        if case .int(let number) = item["fold"] { return number }
        return nil
      })
    guard folds.contains(fold) else {
      throw Fault(
        .data, "no case of \(path.quoted) is in fold \(fold)",
        got: folds.isEmpty ? "no item has a fold" : "folds \(folds.sorted())",
        remedy: folds.isEmpty
          ? "datalist(\(path.quoted), val_fraction=0.2, fold=\(fold)) divides it into 5" : nil)
    }
    return (items.filter { $0["fold"] == .int(fold) }, items.filter { $0["fold"] != .int(fold) })
  }

  private static func find(
    _ section: String, in root: ValueDictionary, _ path: String
  ) throws -> (key: String, value: Value) {
    let twins = ["test": "testing", "testing": "test"]
    for key in [section, twins[section]].compactMap({ $0 }) {
      if let value = root[key] { return (key, value) }
    }
    let sections = root.keys.filter { if case .list = root[$0] { true } else { false } }
    throw Fault(
      .data, "\(path.quoted) has no key \(section.quoted)",
      got: sections.isEmpty ? "no lists at all" : "the lists \(sections.joined(separator: ", "))",
      suggestion: Spelling.nearest(to: section, among: root.keys),
      remedy: splitRemedy(section, root, path))
  }

  /// Validation can be taken from training cases where there are enough.
  private static func splitRemedy(
    _ section: String, _ root: ValueDictionary, _ path: String
  ) -> String? {
    guard section == "validation", let training = root["training"]?.elements, training.count > 1
    else { return nil }
    return DataListSplit.remedy(for: path)
  }

  /// A string stands for an image alone, a list of strings for its channels.
  private static func item(
    _ entry: Value, _ number: Int, _ section: String, _ path: String
  ) throws -> ValueDictionary {
    switch entry {
    case .dict(let item): return item
    case .string: return ["image": entry]
    case .list(let names) where !names.isEmpty && names.allSatisfy(isString):
      return ["image": entry]
    default:
      throw Fault(
        .data, "item \(number + 1) of \(section.quoted) in \(path.quoted) is no case",
        got: "\(entry.kindName) \(entry.shortened)",
        wanted: "an object such as {\"image\": …, \"label\": …}, or the path of an image")
    }
  }

  private static func isString(_ value: Value) -> Bool {
    if case .string = value { true } else { false }
  }

  static func isMacFile(_ value: Value?) -> Bool {
    switch value {
    case .string(let name): PathName.name(of: name).hasPrefix("._")
    case .list(let names): names.contains { isMacFile($0) }
    default: false
    }
  }

  /// Images, and labels of a segmentation, are files; other values where such a file exists.
  private static func joined(
    _ item: ValueDictionary, _ base: String, _ task: Task
  ) -> ValueDictionary {
    ValueDictionary(
      item.map { key, value in
        let isFile = key == "image" || (key == "label" && task == .segmentation)
        return (key, joined(value, base, isFile: isFile))
      })
  }

  private static func joined(_ value: Value, _ base: String, isFile: Bool) -> Value {
    switch value {
    case .string(let name):
      let path = PathName.normalized(PathName.join(base, name))
      return isFile || Disk().kind(of: path) != nil ? .string(path) : value
    case .list(let names) where names.allSatisfy(isString):
      return .list(names.map { joined($0, base, isFile: isFile) })
    default: return value
    }
  }

  private static func labels(of root: ValueDictionary, _ path: String) throws -> [Int: String] {
    guard case .dict(let names) = root["labels"] else { return [:] }
    var labels: [Int: String] = [:]
    for (key, value) in names {
      switch (Int(key), value) {
      case (let number?, .string(let name)): labels[number] = name
      // nnU-Net's newer lists turn it around: {"spleen": 1}.
      case (nil, .int(let number)): labels[number] = key
      default: continue
      }
    }
    return labels
  }
}
