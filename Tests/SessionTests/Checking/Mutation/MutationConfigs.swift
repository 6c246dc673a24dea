import Foundation

/// The whole configs of which mutants are made: one of each generation, and the two of the example.
enum MutationConfigs {
  /// File names and texts.
  static func all() throws -> [(name: String, text: String)] {
    let small = GoldenFiles.folder.appendingPathComponent("mutations")
    let names = try FileManager.default.contentsOfDirectory(atPath: small.path).sorted()
    var configs = try names.map { name in
      (name, try String(contentsOf: small.appendingPathComponent(name), encoding: .utf8))
    }
    for name in ["config_train.json", "config_validation.json"] {
      let file = GoldenFiles.root.appendingPathComponent("examples/spleen/config/\(name)")
      configs.append((name, try String(contentsOf: file, encoding: .utf8)))
    }
    return configs
  }
}

/// Where the files of the golden tests are.
enum GoldenFiles {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Golden")
  static let root = folder.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
