import Components

/// Divides the training cases of a list into training and validation.
public enum DataListSplit {
  /// The line that mends a list without validation.
  static func remedy(for path: String) -> String { "etude dataset split \(path) --val 0.2" }

  /// Moves a share of `training` to `validation` and writes the whole list, everything else as it
  /// was, beside it: `dataset.json` becomes `dataset.split.json`.
  ///
  /// The cases are drawn with `seed`; each list keeps its order. The same call gives the same file.
  /// - Parameters:
  ///   - fraction: share of validation, between 0 and 1; at least one case goes to each side.
  ///   - output: another name for the new list, in the same folder: its paths count from there.
  ///   - isReplacing: whether a file that is there already may be replaced.
  /// - Returns: the path written, and how many cases are in each part.
  public static func write(
    of path: String, fraction: Double, seed: UInt32 = 0, to output: String? = nil,
    isReplacing: Bool = false
  ) throws -> (path: String, training: Int, validation: Int) {
    guard fraction > 0, fraction < 1 else {
      throw Fault(
        .outOfRange, "the share of validation is out of range", got: "\(fraction)",
        wanted: "more than 0 and less than 1")
    }
    let (list, root) = try contents(of: path)
    guard case .list(let training) = root["training"] else {
      throw Fault(.data, "\(list.quoted) has no list 'training' to divide")
    }
    var validation: [Value] = []
    if case .list(let there) = root["validation"] { validation = there }
    guard validation.isEmpty else {
      throw Fault(
        .data, "\(list.quoted) already has \(validation.count) cases under 'validation'")
    }
    let cases = training.filter { !isMacItem($0) }
    guard cases.count >= 2 else {
      throw Fault(.data, "\(list.quoted) has \(cases.count) training case, too few to divide")
    }
    let chosen = try chosen(fraction, of: cases.count, seed: seed)
    let count = chosen.count
    let target = output ?? beside(list)
    guard
      PathName.normalized(PathName.folder(of: target))
        == PathName.normalized(PathName.folder(of: list))
    else {
      throw Fault(
        .usage, "the new list has to be in the folder of the old one: its paths count from there",
        got: target, wanted: beside(list))
    }
    if Disk().kind(of: target) != nil, !isReplacing {
      throw Fault(
        .file, "\(target.quoted) is there already and stays as it is",
        remedy: "name another file, or say that it may be replaced (--force)")
    }
    var result = ValueDictionary()
    for (key, value) in root where key != "validation" {
      if key == "numTraining" {
        result[key] = .int(cases.count - count)
      } else if key == "training" {
        result[key] = .list(cases.indices.filter { !chosen.contains($0) }.map { cases[$0] })
        result["validation"] = .list(cases.indices.filter(chosen.contains).map { cases[$0] })
      } else {
        result[key] = value
      }
    }
    try JSONFile.write(.dict(result), to: target)
    return (target, cases.count - count, count)
  }

  /// The cases of a list that are for training, or, `isValidation`, those that are for validation.
  ///
  /// Where items say in which `fold` they are, `fold` alone divides them. Else the cases are shuffled
  /// with `seed`, and the share `fraction` of them is for validation; with a `fold`, that one of the
  /// 1/`fraction` folds of a cross-validation.
  public static func part(
    of list: DataList, isValidation: Bool, fraction: Double = 0, fold: Int? = nil, seed: UInt32 = 0
  ) throws -> [ValueDictionary] {
    if let fold, fraction == 0 {
      let divided = try list.divided(byFold: fold)
      return isValidation ? divided.inside : divided.outside
    }
    guard fraction > 0, fraction < 1 else {
      throw Fault(
        .outOfRange, "the share of validation is out of range", got: "\(fraction)",
        wanted: "more than 0 and less than 1", argument: ["val_fraction"])
    }
    let chosen = try chosen(fraction, of: list.items.count, seed: seed, fold: fold)
    return list.items.indices.filter { chosen.contains($0) == isValidation }.map { list.items[$0] }
  }

  /// Positions of validation cases, at least one and not all: a stretch of a shuffle (Fisher and Yates).
  private static func chosen(
    _ fraction: Double, of total: Int, seed: UInt32, fold: Int? = nil
  ) throws(Fault) -> Set<Int> {
    guard total >= 2 else {
      throw Fault(.data, "there are too few cases to divide", got: "\(total)", wanted: "at least 2")
    }
    var random = RandomState(seed: seed)
    var positions = Array(0..<total)
    for index in stride(from: total - 1, to: 0, by: -1) {
      positions.swapAt(index, Int(random.uniform() * Double(index + 1)))
    }
    guard let fold else {
      let count = min(max(1, Int((Double(total) * fraction).rounded())), total - 1)
      return Set(positions.prefix(count))
    }
    let folds = min(max(2, Int((1 / fraction).rounded())), total)
    guard 0..<folds ~= fold else {
      throw Fault(
        .outOfRange, "there is no fold \(fold)", got: "\(fold)", wanted: "0 to \(folds - 1)",
        argument: ["fold"], notes: ["a share of \(fraction) makes \(folds) folds"])
    }
    return Set(positions[fold * total / folds..<(fold + 1) * total / folds])
  }

  /// The list to divide; a folder without one is read as its list.
  private static func contents(of path: String) throws -> (path: String, root: ValueDictionary) {
    var list = path
    if Disk().kind(of: path) == .folder {
      list = PathName.join(path, "dataset.json")
      if Disk().kind(of: list) == nil {
        let training = try FolderList.read(path, section: "training")
        let start = PathName.normalized(path) + "/"
        let items = training.items.map { item -> Value in
          .dict(ValueDictionary(item.map { ($0, relative($1, to: start)) }))
        }
        return (list, ["training": .list(items)])
      }
    }
    guard Disk().kind(of: list) == .file else {
      throw Fault(.file, "there is no data list \(list.quoted)")
    }
    guard case .dict(let root) = try JSONFile.read(list) else {
      throw Fault(.data, "\(list.quoted) is no data list")
    }
    return (list, root)
  }

  private static func relative(_ value: Value, to start: String) -> Value {
    guard case .string(let name) = value, name.hasPrefix(start) else { return value }
    return .string("./" + name.dropFirst(start.count))
  }

  private static func isMacItem(_ item: Value) -> Bool {
    if case .dict(let entries) = item { return DataList.isMacFile(entries["image"]) }
    return DataList.isMacFile(item)
  }

  private static func beside(_ list: String) -> String {
    let suffix = PathName.suffix(of: list)
    return PathName.join(
      PathName.folder(of: list),
      PathName.stem(of: list) + ".split" + (suffix.isEmpty ? ".json" : suffix))
  }
}
