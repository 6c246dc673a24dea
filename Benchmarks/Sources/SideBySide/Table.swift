import Foundation
import Measuring

/// The results as Markdown.
struct Table {
  private let results: [Result]
  private let limits: Limits
  /// Above this share of the machine used by others, a figure is marked.
  private static let quiet = 0.06

  init(_ results: [Result], _ limits: Limits) { (self.results, self.limits) = (results, limits) }

  struct Entry: Encodable {
    let title: String
    let ours: Double
    let peer, best: Double?
    let bestLabel: String?
    let ratio, goal, limit: Double?
    let busy: Double
  }

  var entries: [Entry] {
    results.flatMap { result in result.row.lines.map { entry(result, $0) } }
  }

  private func entry(_ result: Result, _ line: Row.Line) -> Entry {
    func figure(_ rounds: [Measured], isOurs: Bool) -> Double? {
      median(rounds.compactMap { $0.value(line.figure, isOurs: isOurs) })
    }
    let ours = figure(result.ours, isOurs: true) ?? .nan
    let peers = result.peers.compactMap { peer in
      figure(peer.rounds, isOurs: false).map { (label: peer.label, value: $0) }
    }
    let best = peers.min { $0.value < $1.value }
    let reference = line.isAgainstBest ? best?.value : peers.first?.value
    let rounds = result.ours + result.peers.flatMap(\.rounds)
    return Entry(
      title: line.title, ours: ours, peer: peers.first?.value, best: best?.value,
      bestLabel: best?.label, ratio: reference.map { ours / $0 }, goal: line.goal,
      limit: line.limit, busy: median(rounds.map(\.others)) ?? 0)
  }

  var markdown: String {
    var lines = [
      "| work | ours | peer untouched | peer's best | ratio | must reach | limit | × limit | busy |",
      "|---|---|---|---|---|---|---|---|---|",
    ]
    for entry in entries {
      let best = entry.best.map { number($0) + (entry.bestLabel.map { " (\($0))" } ?? "") }
      let verdict = entry.ratio.map { ratio in
        entry.goal.map { ratio <= $0 ? "yes" : "**no**" } ?? ""
      }
      lines.append(
        "| "
          + [
            entry.title, number(entry.ours), entry.peer.map(number) ?? "–", best ?? "–",
            entry.ratio.map { number($0) } ?? "–",
            entry.goal.map { "≤ \(number($0))\(verdict.map { ", \($0)" } ?? "")" } ?? "–",
            entry.limit.map(number) ?? "–",
            entry.limit.map { number(entry.ours / $0) } ?? "–",
            "\(Int((entry.busy * 100).rounded())) %" + (entry.busy > Self.quiet ? " (!)" : ""),
          ].joined(separator: " | ") + " |")
    }
    let half = limits.halfOperations.map { "\(billions($0)) GFLOP/s in bfloat16" }
    lines += [
      "",
      "Seconds unless said, medians. Limits of this machine on two threads: "
        + "\(billions(limits.floatOperations)) GFLOP/s in float32, "
        + "\(half ?? "no bfloat16"), \(billions(limits.bytes)) GB/s.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      return String(decoding: try encoder.encode(entries), as: UTF8.self)
    }
  }

  private func billions(_ rate: Double) -> Int { Int((rate / 1e9).rounded()) }

  /// Three digits that count.
  private func number(_ value: Double) -> String {
    if value >= 100 { return "\(Int(value.rounded()))" }
    let digits = value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4
    return String(format: "%.\(digits)f", value)
  }
}
