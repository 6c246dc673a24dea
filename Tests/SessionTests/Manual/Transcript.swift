import Components
import Foundation

@testable import Session

/// The sessions in a document: fenced blocks of lines that begin with `etude> ` and of what follows
/// them on the screen.
///
/// `…` in the expected text stands for anything, alone on a line for any lines but errors. A block whose fence says
/// `etude continued` goes on in the session of the block before it.
struct Transcript {
  struct Entry {
    /// The typed lines, without prompts.
    var text: String
    var expected: [String]
    /// Of its first line in the document, from 1.
    var line: Int
  }

  struct Block {
    var entries: [Entry]
    var isContinued: Bool
    /// Of its fence.
    var line: Int
  }

  private(set) var blocks: [Block] = []
  private let lines: [String]
  private static let fence = "```"

  init(_ text: String) {
    lines = text.components(separatedBy: "\n")
    var block: Block?
    for (index, line) in lines.enumerated() {
      if line.hasPrefix(Self.fence) {
        if let whole = block {
          blocks.append(whole)
          block = nil
        } else if line.hasPrefix(Self.fence + "etude") {
          block = Block(entries: [], isContinued: line.hasSuffix("continued"), line: index + 1)
        }
      } else if block != nil {
        block?.add(line, at: index + 1)
      }
    }
  }

  /// The document with what was shown in place of what was expected.
  func text(showing shown: [Int: [String]]) -> String {
    var result: [String] = []
    var isSkipping = false
    var isInside = false
    for (index, line) in lines.enumerated() {
      if line.hasPrefix(Self.fence) {
        isInside = !isInside && line.hasPrefix(Self.fence + "etude")
        isSkipping = false
      }
      let isTyped = line.hasPrefix("etude> ") || line.hasPrefix("... ") || line == "..."
      if isInside, isTyped { isSkipping = false }
      if !isSkipping { result.append(line) }
      if let output = shown[index + 1] {
        result += output
        isSkipping = true
      }
    }
    return result.joined(separator: "\n")
  }
}

extension Transcript.Block {
  fileprivate mutating func add(_ line: String, at number: Int) {
    if line.hasPrefix("etude> ") {
      entries.append(Transcript.Entry(text: String(line.dropFirst(7)), expected: [], line: number))
    } else if !entries.isEmpty {
      let last = entries.count - 1
      if entries[last].expected.isEmpty, line.hasPrefix("... ") || line == "..." {
        entries[last].text += "\n" + line.dropFirst(4)
      } else if !line.isEmpty {
        entries[last].expected.append(line)
      }
    }
  }
}

extension Transcript.Entry {
  /// The line of the document its last typed line stands on.
  var lastLine: Int { line + text.count { $0 == "\n" } }

  func fits(_ shown: [String]) -> Bool { Self.fits(expected[...], shown[...]) }

  private static func fits(_ wanted: ArraySlice<String>, _ shown: ArraySlice<String>) -> Bool {
    guard let first = wanted.first else { return shown.isEmpty }
    if first == "…" {
      // Whatever was shown, but no mistake that nobody mentions.
      let end = shown.firstIndex { $0.hasPrefix("error: ") } ?? shown.endIndex
      return (shown.startIndex...end).contains { start in
        fits(wanted.dropFirst(), shown[start...])
      }
    }
    guard let line = shown.first, fits(first, line) else { return false }
    return fits(wanted.dropFirst(), shown.dropFirst())
  }

  private static func fits(_ wanted: String, _ line: String) -> Bool {
    if wanted == line { return true }
    let parts = wanted.components(separatedBy: "…")
    guard parts.count > 1, line.hasPrefix(parts[0]) else { return false }
    var rest = line.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}

/// Runs the entries of a document in a folder of its own, where the names in it lead to.
final class TranscriptPlayer {
  private let folder: TemporaryFolder
  private var session: EtudeSession
  private let screen = LineScreen()

  private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func document(_ name: String) -> URL { repository.appendingPathComponent(name) }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: Self.document("examples").path, toPath: folder.path("examples"))
    session = EtudeSession(output: screen)
  }

  func startAgain() { session = EtudeSession(output: screen) }

  /// What one entry shows, results, notes and errors as they come.
  func play(_ entry: Transcript.Entry) -> [String] {
    let text = rooted(entry.text)
    do {
      let outcome = try session.run(text, name: "cell")
      if case .incomplete(let open) = outcome { screen.write("incomplete: \(open)", to: .result) }
    } catch let fault as Fault {
      screen.write(EtudeSession.screen(for: fault, width: 100, hasColor: false), to: .result)
    } catch let list as FaultList {
      for fault in list.faults {
        screen.write(EtudeSession.screen(for: fault, width: 100, hasColor: false), to: .result)
      }
    } catch { screen.write("\(error)", to: .result) }
    return screen.take().replacingOccurrences(of: folder.root + "/", with: "")
      .components(separatedBy: "\n")
  }

  /// Relative names of files and folders, under the folder of this run.
  private func rooted(_ text: String) -> String {
    let name =
      #/"((?:data|examples|models)(?:/[\w./-]*)?|[\w.-]+\.(?:json|etude|pt|safetensors|svg|png))"/#
    return text.replacing(name) { "\"\(folder.root)/\($0.1)\"" }
  }
}

/// Keeps what is shown, line by line; progress is no part of it.
final class LineScreen: OutputSink {
  private let screen = Screen()

  func write(_ text: String, to channel: OutputChannel) {
    if case .progress = channel { return }
    screen.write(text.hasSuffix("\n") ? String(text.dropLast()) : text, to: channel)
  }

  /// What was shown since the last time.
  func take() -> String { screen.take() }
}
