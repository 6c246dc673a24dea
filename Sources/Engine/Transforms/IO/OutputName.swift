import Components

/// The name of a file written for a case, always below the output folder.
///
/// Source: `create_file_basename` of MONAI 0.8.1.
struct OutputName {
  /// Without its extension.
  let path: String

  init(
    input: String, folder: String, root: String, postfix: String, separateFolder: Bool, patch: Int?
  ) throws(Fault) {
    let name = Self.stem(PathName.name(of: input))
    guard !name.isEmpty, name != ".", name != "..", !input.contains("\0") else {
      throw Fault(.file, "the case's file name gives no name for the output", got: input.quoted)
    }
    var parts: [String] = []
    if !root.isEmpty { parts = try Self.below(root, PathName.folder(of: input)) }
    if separateFolder { parts.append(name) }
    let end = (postfix.isEmpty ? name : "\(name)_\(postfix)") + (patch.map { "_\($0)" } ?? "")
    path = PathName.normalized(PathName.join(folder, (parts + [end]).joined(separator: "/")))
  }

  /// The folders from `root` down to `folder`; a folder elsewhere is a fault.
  private static func below(_ root: String, _ folder: String) throws(Fault) -> [String] {
    let from = PathName.normalized(root).split(separator: "/")
    let to = PathName.normalized(folder).split(separator: "/")
    guard root.hasPrefix("/") == folder.hasPrefix("/"), to.starts(with: from), !to.contains("..")
    else {
      throw Fault(
        .file, "a case lies outside data_root_dir", got: folder.quoted,
        wanted: "below \(root.quoted)",
        argument: ["data_root_dir"])
    }
    return to.dropFirst(from.count).map(String.init)
  }

  /// Without the last suffix, and without `.nii` before `.gz`.
  private static func stem(_ name: String) -> String {
    func dropped(_ name: String) -> (stem: String, suffix: String) {
      guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, "") }
      return (String(name[..<dot]), String(name[dot...]))
    }
    let (stem, suffix) = dropped(name)
    return suffix == ".gz" ? dropped(stem).stem : stem
  }
}
