import Components
import Testing

@testable import Engine

@Suite struct DataListTests {
  private static func list(_ text: String) throws -> (folder: TemporaryFolder, path: String) {
    let folder = try TemporaryFolder()
    return (folder, try folder.write(Array(text.utf8), "dataset.json"))
  }

  @Test func readsDecathlonLists() throws {
    let (folder, path) = try Self.list(
      #"""
      {"name": "Spleen", "labels": {"0": "background", "1": "spleen"}, "numTraining": 41,
       "training": [{"image": "./imagesTr/a b.nii.gz", "label": "imagesTr/../labelsTr/a.nii.gz", "fold": 0,
                     "site": "x", "extra": "there.txt", "more": ["there.txt", "gone.txt"], "n": [1, "x"]},
                    {"image": "imagesTr/._a.nii.gz", "label": "labelsTr/._a.nii.gz"},
                    {"image": ["t1.nii", "/abs/t2.nii"], "label": "../up.nii", "fold": 1}],
       "test": ["./imagesTs/c.nii.gz", {"image": "imagesTs/d.nii.gz"}]}
      """#)
    _ = try folder.write([1], "there.txt")
    let list = try DataList.read(path)
    let base = folder.path
    #expect(list.items.count == 2 && list.skipped == 1 && list.section == "training")
    #expect(list.labels == [0: "background", 1: "spleen"])
    let first = list.items[0]
    #expect(first.keys == ["image", "label", "fold", "site", "extra", "more", "n"])
    #expect(first["image"] == .string(base + "/imagesTr/a b.nii.gz"))
    #expect(first["label"] == .string(base + "/labelsTr/a.nii.gz"))
    #expect(first["fold"] == .int(0) && first["site"] == .string("x"))
    #expect(first["extra"] == .string(base + "/there.txt"))
    #expect(first["more"] == .list([.string(base + "/there.txt"), .string("gone.txt")]))
    #expect(first["n"] == .list([.int(1), .string("x")]))
    #expect(list.items[1]["image"] == .list([.string(base + "/t1.nii"), .string("/abs/t2.nii")]))
    #expect(list.items[1]["label"] == .string(PathName.normalized(base + "/../up.nii")))
    let test = try DataList.read(path, section: "testing")
    #expect(test.section == "test")
    #expect(
      test.items == [
        ["image": .string(base + "/imagesTs/c.nii.gz")],
        ["image": .string(base + "/imagesTs/d.nii.gz")],
      ])
    let folds = try list.divided(byFold: 1)
    #expect(folds.inside == [list.items[1]] && folds.outside == [list.items[0]])
    #expect(try #require(throws: Fault.self) { try list.divided(byFold: 7) }.got == "folds [0, 1]")
  }

  @Test func labelsOfAClassificationAreNoFiles() throws {
    let (folder, path) = try Self.list(
      #"{"training": [{"image": "a.png", "label": "cat"}, {"image": "b.png", "label": 3}]}"#)
    let list = try DataList.read(path, baseFolder: "/data", task: .classification)
    #expect(list.items[0]["image"] == .string("/data/a.png"))
    #expect(list.items.map { $0["label"] } == [.string("cat"), .int(3)])
    #expect(try DataList.read(path).items[0]["label"] == .string(folder.path + "/cat"))
  }

  @Test func aMissingSectionListsThoseThereAreAndTheRemedy() throws {
    let (folder, path) = try Self.list(
      #"{"name": "x", "training": ["a.nii", "b.nii"], "test": []}"#)
    defer { withExtendedLifetime(folder) {} }
    let fault = try #require(throws: Fault.self) { try DataList.read(path, section: "validation") }
    #expect(fault.message == "\(path.quoted) has no key 'validation'")
    #expect(fault.got == "the lists training, test")
    #expect(fault.remedy == "etude dataset split \(path) --val 0.2")
    let misspelt = try #require(throws: Fault.self) { try DataList.read(path, section: "trainng") }
    #expect(misspelt.suggestion == "training" && misspelt.remedy == nil)
    let empty = try #require(throws: Fault.self) { try DataList.read(path, section: "test") }
    #expect(empty.message == "the key 'test' of \(path.quoted) lists no cases")
  }

  @Test(arguments: [
    (#"[1]"#, "is no data list"), (#"{"training": {"image": "a"}}"#, "is no list"),
    (#"{"training": [3]}"#, "item 1 of 'training'"),
    (#"{"training": ["a", null]}"#, "item 2 of 'training'"),
    (#"{"training": [["a", 2]]}"#, "item 1"), (#"{"training": [{]}"#, "is not JSON here"),
    (#"{"training": []}"#, "lists no cases"), (#"{"training": ["._a.nii"]}"#, "lists no cases"),
  ])
  func listsThatAreNoneAreRefused(text: String, says: String) throws {
    let (folder, path) = try Self.list(text)
    defer { withExtendedLifetime(folder) {} }
    let fault = try #require(throws: Fault.self) { try DataList.read(path) }
    #expect(fault.message.contains(says) && fault.message.contains(path), "\(fault.message)")
  }

  @Test func aMissingFileIsNamed() throws {
    let fault = try #require(throws: Fault.self) { try DataList.read("/nowhere/list.json") }
    #expect(fault.message == "there is no data list '/nowhere/list.json'")
  }

  @Test func foldersAreReadAsLists() throws {
    let folder = try TemporaryFolder()
    for name in ["imagesTr", "labelsTr", "imagesTs"] { try Disk().makeFolder(folder.file(name)) }
    for name in [
      "imagesTr/b.nii.gz", "imagesTr/a_0000.nii.gz", "imagesTr/._a.nii.gz", "imagesTr/notes.txt",
      "labelsTr/a.nii.gz", "labelsTr/b.nii.gz", "imagesTs/c.nii",
    ] { _ = try folder.write([1], name) }
    let list = try DataList.read(folder.path)
    #expect(list.skipped == 1)
    #expect(
      list.items == [
        [
          "image": .string(folder.file("imagesTr/a_0000.nii.gz")),
          "label": .string(folder.file("labelsTr/a.nii.gz")),
        ],
        [
          "image": .string(folder.file("imagesTr/b.nii.gz")),
          "label": .string(folder.file("labelsTr/b.nii.gz")),
        ],
      ])
    #expect(
      try DataList.read(folder.path, section: "test").items == [
        ["image": .string(folder.file("imagesTs/c.nii"))]
      ])
    let none = try #require(throws: Fault.self) {
      try DataList.read(folder.path, section: "validation")
    }
    #expect(none.remedy == "etude dataset split \(folder.path) --val 0.2")
    let split = try DataListSplit.write(of: folder.path, fraction: 0.5)
    #expect(split.path == folder.file("dataset.split.json"))
    let training = try DataList.read(split.path).items
    let validation = try DataList.read(split.path, section: "validation").items
    #expect(
      Set((training + validation).map { $0["image"]?.description })
        == Set(list.items.map { $0["image"]?.description }))
    _ = try folder.write([1], "imagesTr/d.nii")
    let missing = try #require(throws: Fault.self) { try DataList.read(folder.path) }
    #expect(missing.got == "d.nii")
  }

  @Test func splitsOnceAndReproducibly() throws {
    let cases = (0..<10).map { #"{"image": "i\#($0).nii", "label": "l\#($0).nii"}"# }
    let (folder, path) = try Self.list(
      #"{"name": "x", "numTraining": 10, "training": [\#(cases.joined(separator: ", "))], "test": ["t.nii"], "z": 0.5}"#
    )
    let before = try folder.read("dataset.json")
    let result = try DataListSplit.write(of: path, fraction: 0.2)
    #expect(result.path == folder.file("dataset.split.json"))
    #expect(result.training == 8 && result.validation == 2)
    #expect(try folder.read("dataset.json") == before)
    guard case .dict(let root) = try JSONFile.read(result.path) else { return }
    #expect(root.keys == ["name", "numTraining", "training", "validation", "test", "z"])
    #expect(root["numTraining"] == .int(8))
    let names = try ["training", "validation"].map { section in
      try DataList.read(result.path, section: section).items.compactMap { $0["image"]?.description }
    }
    #expect(Set(names[0] + names[1]).count == 10)
    #expect(names[0] == names[0].sorted() && names[1] == names[1].sorted())
    let first = try folder.read("dataset.split.json")
    let refusal = try #require(throws: Fault.self) {
      try DataListSplit.write(of: path, fraction: 0.2)
    }
    #expect(refusal.message.contains("stays as it is"))
    _ = try DataListSplit.write(of: path, fraction: 0.2, isReplacing: true)
    #expect(try folder.read("dataset.split.json") == first)
    _ = try DataListSplit.write(of: path, fraction: 0.2, seed: 1, to: folder.file("other.json"))
    #expect(try folder.read("other.json") != first)
    let divided = try #require(throws: Fault.self) {
      try DataListSplit.write(of: result.path, fraction: 0.2)
    }
    #expect(divided.message.contains("already has 2 cases"))
  }

  @Test func splitsAreChecked() throws {
    let (folder, path) = try Self.list(#"{"training": ["a.nii", "b.nii", "._c.nii"]}"#)
    for fraction in [0, 1, -1, 2, Double.nan] {
      #expect(throws: Fault.self) { try DataListSplit.write(of: path, fraction: fraction) }
    }
    #expect(throws: Fault.self) {
      try DataListSplit.write(of: path, fraction: 0.5, to: "/tmp/elsewhere.json")
    }
    let result = try DataListSplit.write(of: path, fraction: 0.01)
    #expect(result.training == 1 && result.validation == 1)
    let single = try folder.write(Array(#"{"training": ["a"]}"#.utf8), "one.json")
    #expect(throws: Fault.self) { try DataListSplit.write(of: single, fraction: 0.5) }
  }
}
