import Components
import Foundation
import Script
import Testing

/// Tests written in the language: `Snippets/<feature>/*.etude`.
///
/// `#=> text` after a statement is what it shows, `#! message` the message of the fault on that line,
/// with ` -> ` before the suggestion or remedy. A line `---` begins a new script.
@Suite struct SnippetTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Snippets")

  static let files: [String] = {
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let urls = (all?.allObjects ?? []).compactMap { $0 as? URL }
    return urls.filter { $0.pathExtension == "etude" }
      .map { $0.path.replacingOccurrences(of: folder.path + "/", with: "") }.sorted()
  }()

  /// The scripts of a file, each with blank lines before it so that its lines keep their numbers.
  static func scripts(of file: String) throws -> [String] {
    let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    var scripts: [String] = []
    var current = ""
    for (index, line) in text.components(separatedBy: "\n").enumerated() {
      if line == "---" {
        scripts.append(current)
        current = String(repeating: "\n", count: index + 1)
      } else {
        current += line + "\n"
      }
    }
    return scripts + [current]
  }

  @Test func thereAreSnippets() { #expect(Self.files.count > 10) }

  @Test(arguments: files) func snippet(file: String) throws {
    for script in try Self.scripts(of: file) {
      let (values, faults) = Self.expectations(script)
      let actual = Self.run(script, file)
      for line in Set(values.keys).union(actual.shown.keys).sorted() {
        #expect(
          actual.shown[line]?.joined(separator: " ") == values[line], "\(file):\(line)")
      }
      for line in Set(faults.keys).union(actual.faults.keys).sorted() {
        #expect(actual.faults[line] == faults[line], "\(file):\(line)")
      }
    }
  }

  private static func expectations(_ script: String) -> (
    values: [Int: String], faults: [Int: String]
  ) {
    var values: [Int: String] = [:]
    var faults: [Int: String] = [:]
    for (index, line) in script.components(separatedBy: "\n").enumerated() {
      if let mark = line.range(of: "#=> ", options: .backwards) {
        values[index + 1] = String(line[mark.upperBound...])
      } else if let mark = line.range(of: "#! ", options: .backwards) {
        faults[index + 1] = String(line[mark.upperBound...])
      }
    }
    return (values, faults)
  }

  /// Runs statement after statement; a fault ends only the statement it is in.
  private static func run(
    _ script: String, _ file: String
  ) -> (shown: [Int: [String]], faults: [Int: String]) {
    let sources = SourceStore()
    let source = sources.add(name: file, text: script)
    let workspace = TestWorkspace(sources, values: Self.world)
    var faults: [Int: String] = [:]
    func note(_ error: any Error) {
      guard let fault = error as? Fault else {
        faults[0] = "\(error)"
        return
      }
      let help = (fault.suggestion ?? fault.remedy).map { " -> " + $0 } ?? ""
      faults[fault.place?.line ?? 0] = fault.message + help
    }
    do {
      for statement in try Parser.script(source, in: sources, names: TestWorkspace.names) {
        do {
          try Evaluator(workspace: workspace, sources: sources, context: workspace.context())
            .run([statement])
        } catch { note(error) }
      }
    } catch { note(error) }
    return (workspace.everything.shown, faults)
  }

  /// What every snippet finds there.
  static let world: [String: Value] = [
    "learning_rate": .double(2e-4),
    "epochs": .int(1260),
    "@model": .object(TestComponent("UNet", [:])),
    "@validate.dataset": .list([.dict(["image": .int(7)])]),
    "@train.pre_transforms[2]": .string("third"),
    "train.optimizer": .string("Adam(lr=1e-3)"),
    "tensor": .object(TestTensor([1, 2, 3])),
    "one": .object(TestTensor([5])),
    "sample": .object(TestSample(["pred": .int(1), "label": .int(2)])),
    "engine": .object(
      TestEngine([
        "state": .object(TestEngine(["iteration": .int(20), "epoch_length": .int(50)]))
      ])),
    "stream": .function(
      NativeFunction("stream", effect: .action) { _, _ in .object(TestStream(["a", "b"])) }),
  ]
}
