import Foundation

struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What the command line asks for.
struct Settings {
  let etude: String
  let workloads: String
  let peerPython: String?
  /// Four volumes of 512 x 512 x 100, and ten of 64 x 64 x 64, two of them for validation.
  let data: String
  let small: String
  let rounds: Int
  let json: String?
  let plot: String?
  private let only: Set<String>?

  init(_ words: [String]) throws {
    var values: [String: String] = [:]
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--"), let value = rest.popFirst() else {
        throw Failure("unexpected \(word); options come as --name value")
      }
      values[String(word.dropFirst(2))] = value
    }
    guard let etude = values.removeValue(forKey: "etude"),
      let workloads = values.removeValue(forKey: "workloads")
    else { throw Failure("--etude and --workloads are needed") }
    (self.etude, self.workloads) = (etude, workloads)
    peerPython = values.removeValue(forKey: "peer-python").flatMap { $0.isEmpty ? nil : $0 }
    let temporary = FileManager.default.temporaryDirectory.path()
    data = values.removeValue(forKey: "data") ?? temporary + "etude-bench-full"
    small = values.removeValue(forKey: "small") ?? temporary + "etude-bench-small"
    rounds = values.removeValue(forKey: "rounds").flatMap { Int($0) } ?? 3
    json = values.removeValue(forKey: "json")
    plot = values.removeValue(forKey: "plot")
    only = values.removeValue(forKey: "only").map {
      Set($0.split(separator: ",").map(String.init))
    }
    if let name = values.keys.first { throw Failure("there is no option --\(name)") }
    try Self.synthesize(etude, data, ["--n", "4", "--val", "0", "--shape", "512", "512", "100"])
    try Self.synthesize(etude, small, ["--n", "10", "--val", "2", "--shape", "64", "64", "64"])
  }

  func takes(_ name: String) -> Bool { only?.contains(name) ?? true }

  private static func synthesize(_ etude: String, _ folder: String, _ options: [String]) throws {
    if FileManager.default.fileExists(atPath: folder + "/dataset.json") { return }
    _ = try Command([etude, "dataset", "synthesize", folder] + options).run()
  }
}
