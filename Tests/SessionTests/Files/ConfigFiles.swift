import Foundation
import Script
import Testing

/// A file of examples/spleen.
struct ExampleFile {
  let path: String

  init(_ name: String) {
    path =
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("examples/spleen/\(name)").path
  }
}

/// What two configs say differently.
func differences(_ first: String, _ second: String) throws -> [String] {
  let sources = SourceStore()
  let values = try [first, second].map { path in
    let source = try ConfigFile.open(path, in: sources).source
    return try #require(JSONReader.read(source, in: sources).value)
  }
  return JSONDifference.lines(from: values[0], to: values[1])
}
