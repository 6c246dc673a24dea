import Foundation
import Testing

/// Every session in the documents shows what it says it does.
///
/// `UPDATE_DOCUMENTS=1 swift test --filter ManualTests` writes what is shown into the documents instead,
/// to be read before it is committed.
@Suite struct ManualTests {
  @Test(arguments: ["docs/language.md", "README.md"])
  func sessionsShowWhatIsWritten(document: String) throws {
    let file = TranscriptPlayer.document(document)
    let transcript = Transcript(try String(contentsOf: file, encoding: .utf8))
    #expect(transcript.blocks.contains { !$0.entries.isEmpty })
    let player = try TranscriptPlayer()
    var shown: [Int: [String]] = [:]
    for block in transcript.blocks {
      if !block.isContinued { player.startAgain() }
      for entry in block.entries {
        let lines = player.play(entry).filter { !$0.isEmpty }
        if !entry.fits(lines) { shown[entry.lastLine] = lines }
        #expect(
          entry.fits(lines) || isUpdating,
          "\(document):\(entry.line) \(entry.text)\n\(lines.joined(separator: "\n"))")
      }
    }
    if isUpdating, !shown.isEmpty {
      try transcript.text(showing: shown).write(to: file, atomically: true, encoding: .utf8)
    }
  }

  private var isUpdating: Bool { ProcessInfo.processInfo.environment["UPDATE_DOCUMENTS"] != nil }
}
