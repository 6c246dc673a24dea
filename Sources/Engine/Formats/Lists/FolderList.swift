import Components

/// A folder with `imagesTr`, `labelsTr` and perhaps `imagesTs`, but no `dataset.json`.
enum FolderList {
  private static let suffixes = [".nii", ".nii.gz", ".png"]

  static func read(_ folder: String, section: String) throws -> DataList {
    let isTest = section == "test" || section == "testing"
    guard isTest || section == "training" else {
      throw Fault(
        .data, "the folder \(folder.quoted) has no \(section.quoted) cases, only training and test",
        remedy: DataListSplit.remedy(for: folder))
    }
    let images = PathName.join(folder, isTest ? "imagesTs" : "imagesTr")
    guard Disk().kind(of: images) == .folder else {
      throw Fault(
        .data,
        "\(folder.quoted) is no data set: it has neither dataset.json nor "
          + PathName.name(of: images))
    }
    let labels = PathName.join(folder, "labelsTr")
    let names = try names(in: images)
    var items: [ValueDictionary] = []
    var missing: [String] = []
    for name in names where !name.hasPrefix("._") {
      var item: ValueDictionary = [
        "image": .string(PathName.normalized(PathName.join(images, name)))
      ]
      if !isTest {
        guard let label = self.label(of: name, in: labels) else {
          missing.append(name)
          continue
        }
        item["label"] = .string(PathName.normalized(label))
      }
      items.append(item)
    }
    guard missing.isEmpty else {
      throw Fault(
        .data, "\(missing.count) of \(names.count) images have no label in \(labels.quoted)",
        got: missing.prefix(5).joined(separator: ", "))
    }
    guard !items.isEmpty else { throw Fault(.data, "there are no images in \(images.quoted)") }
    return DataList(
      path: folder, section: section, items: items, labels: [:],
      skipped: names.count { $0.hasPrefix("._") })
  }

  /// The same name, or without nnU-Net's channel number (`case_0000.nii.gz` → `case.nii.gz`).
  private static func label(of image: String, in folder: String) -> String? {
    var candidates = [image]
    let stem = PathName.stem(of: image)
    let suffix = String(image.dropFirst(stem.count))
    if stem.hasSuffix("_0000") { candidates.append(stem.dropLast(5) + suffix) }
    return candidates.map { PathName.join(folder, $0) }.first { Disk().kind(of: $0) == .file }
  }

  private static func names(in folder: String) throws -> [String] {
    let names: [String]
    do { names = try Disk().names(in: folder) } catch { throw error.reading(folder) }
    return names.filter { suffixes.contains(PathName.suffix(of: $0)) }
  }
}
