import Foundation

/// Runs the sides of a row in turns: A B A B.
struct Comparison {
  private let row: Row
  private let settings: Settings

  init(_ row: Row, _ settings: Settings) { (self.row, self.settings) = (row, settings) }

  func run() throws -> Result {
    let peers = settings.peerPython == nil ? [] : row.peers
    var ours: [Measured] = []
    var others = peers.map { _ in [Measured]() }
    for round in 1...settings.rounds {
      FileHandle.standardError.write(
        Data("\(row.name): round \(round) of \(settings.rounds)\n".utf8))
      for _ in 0..<row.starts { ours.append(try measure(row.ours)) }
      for (place, peer) in peers.enumerated() where round == 1 || !peer.isSlow {
        for _ in 0..<row.starts { others[place].append(try measure(peer.command)) }
      }
    }
    return Result(row: row, ours: ours, peers: zip(peers, others).map { ($0.label, $1) })
  }

  private struct Report: Decodable {
    struct Time: Decodable { let medianSeconds, others: Double }
    let times: [String: Time]
    let peakMiB: Double
  }

  private func measure(_ command: Command) throws -> Measured {
    let outcome = try command.run()
    let line = outcome.output.split(separator: "\n").last { $0.hasPrefix("{") }
    guard let line else {
      return Measured(
        seconds: outcome.seconds, others: outcome.others, times: [:], peakMiB: outcome.peakMiB)
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
    return Measured(
      seconds: outcome.seconds, others: outcome.others,
      times: report.times.mapValues(\.medianSeconds), peakMiB: report.peakMiB)
  }
}
