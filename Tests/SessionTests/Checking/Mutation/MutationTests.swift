import Components
import Engine
import Foundation
import Script
import TestSupport
import Testing

@testable import Session

/// Thousands of configs with one mistake each: nothing crashes, nothing hangs, the mistake is found
/// where it was made, and misspelt names are put right.
///
/// `ETUDE_MUTATIONS=10000` sets how many; `make mutations COUNT=10000` does the same.
@Suite(.serialized) struct MutationTests {
  private static let count =
    ProcessInfo.processInfo.environment["ETUDE_MUTATIONS"].flatMap { Int($0) } ?? 300

  /// What came of a number of mutants.
  struct Tally {
    var total = 0
    var located = 0
    var named = 0
    var namedRight = 0
    var slowest = Duration.zero
    var misses: [String] = []
  }

  @Test func mistakesAreFoundWhereTheyWereMade() throws {
    let workshop = try MutationWorkshop()
    var tallies: [Mutant.Kind: Tally] = [:]
    var seed: UInt64 = 0
    var made = 0
    while made < Self.count {
      seed += 1
      let kind = Mutant.Kind.allCases[made % Mutant.Kind.allCases.count]
      guard let (config, mutant) = workshop.mutant(kind, seed: seed) else { continue }
      made += 1
      let result = try workshop.examine(mutant, of: config)
      var tally = tallies[kind] ?? Tally()
      tally.total += 1
      tally.slowest = max(tally.slowest, result.time)
      if result.isLocated { tally.located += 1 }
      if mutant.original != nil {
        tally.named += 1
        if result.isNamed { tally.namedRight += 1 }
      }
      if !result.isLocated || mutant.original != nil && !result.isNamed {
        tally.misses.append(
          "\(config.name) seed \(seed): \(mutant.what), lines \(mutant.lines.sorted()): "
            + result.findings)
      }
      tallies[kind] = tally
    }
    report(tallies)
    let all = tallies.values
    let total = all.reduce(0) { $0 + $1.total }
    let located = all.reduce(0) { $0 + $1.located }
    let named = all.reduce(0) { $0 + $1.named }
    let right = all.reduce(0) { $0 + $1.namedRight }
    #expect(Double(located) >= 0.99 * Double(total), "\(located) of \(total) were located")
    #expect(Double(right) >= 0.9 * Double(named), "\(right) of \(named) names were put right")
    let slowest = all.map(\.slowest).max() ?? .zero
    #expect(slowest < .seconds(1), "the slowest took \(slowest)")
  }

  private func report(_ tallies: [Mutant.Kind: Tally]) {
    for kind in Mutant.Kind.allCases {
      guard let tally = tallies[kind] else { continue }
      let names = tally.named > 0 ? ", \(tally.namedRight)/\(tally.named) named" : ""
      print("\(kind.rawValue): \(tally.located)/\(tally.total) located\(names), \(tally.slowest)")
      for miss in tally.misses.prefix(Self.count > 1000 ? 12 : 4) { print("    \(miss)") }
    }
  }
}

/// The configs that are broken, and a folder with data in which they are whole.
final class MutationWorkshop {
  struct Config {
    let name: String
    let sites: MutationSites
    /// What is said about it when nothing is broken.
    let usual: Set<String>
    /// A config of another program: only its text is looked at.
    let isRefused: Bool
  }

  struct Result {
    var isLocated: Bool
    var isNamed: Bool
    var time: Duration
    var findings: String
  }

  private let mmar: SmallMMAR
  private var configs: [Config] = []

  init() throws {
    mmar = try SmallMMAR()
    let environment = try String(
      contentsOfFile: mmar.root + "/config/environment.json", encoding: .utf8)
    try mmar.write(
      environment.replacing("data/spleen/dataset.json", with: mmar.list)
        .replacing("data/spleen", with: mmar.root + "/data"), to: "config/environment.json")
    for (name, text) in try MutationConfigs.all() {
      let whole = try findings(Array(text.utf8), name)
      let sources = SourceStore()
      let source = sources.add(name: name, text: text)
      let value = try #require(JSONReader.read(source, in: sources).value)
      configs.append(
        Config(
          name: name, sites: MutationSites(value, Array(text.utf8), Catalog.everything),
          usual: Set(whole.map(Self.key)),
          isRefused: whole.errors.contains { $0.message.hasPrefix("this is a") }))
    }
  }

  func mutant(_ kind: Mutant.Kind, seed: UInt64) -> (Config, Mutant)? {
    let config = configs[Int(seed % UInt64(configs.count))]
    let isOfText = [.bracket, .quote, .comma, .bytes, .duplicateKey].contains(kind)
    if config.isRefused, !isOfText { return nil }
    var mutator = Mutator(config.sites, seed: seed)
    return mutator.mutant(kind).map { (config, $0) }
  }

  func examine(_ mutant: Mutant, of config: Config) throws -> Result {
    var all: [Finding] = []
    let time = try processorTime { all = try findings(mutant.text, config.name) }
    let found = all.filter {
      $0.severity != .note && !config.usual.contains(Self.key($0))
    }
    let isLocated = found.contains { finding in
      let line =
        finding.fault.place?.source.hasSuffix(config.name) == true
        ? finding.fault.place?.line : nil
      return line.map(mutant.lines.contains) ?? false
        || Self.lines(named: finding.fault.notes + [finding.fault.message]).contains {
          mutant.lines.contains($0)
        }
    }
    let isNamed =
      mutant.original.map { original in
        found.contains { finding in
          finding.fault.suggestion.map { suggestion in
            suggestion == original
              || Catalog.everything[suggestion].map { $0.declaration.name }
                == Catalog.everything[original].map { $0.declaration.name }
                && Catalog.everything[original] != nil
          } ?? false
        }
      } ?? true
    return Result(
      isLocated: isLocated, isNamed: isNamed, time: time,
      findings: found.prefix(3).map { finding in
        "[\(finding.fault.place?.line ?? 0)] \(finding.fault.message)"
          + (finding.fault.suggestion.map { " → \($0)" } ?? "")
      }.joined(separator: " | "))
  }

  /// Lines that a text names: `line 12`, `config.json:12:7`.
  private static func lines(named texts: [String]) -> [Int] {
    texts.flatMap { text in
      text.matches(of: /(?:line |\.json:)(\d+)/).compactMap { Int($0.output.1) }
    }
  }

  private static func key(_ finding: Finding) -> String {
    finding.fault.message + (finding.fault.got ?? "")
  }

  /// What is found in a file of that content.
  private func findings(_ text: [UInt8], _ name: String) throws -> [Finding] {
    let path = mmar.root + "/config/" + name
    try Data(text).write(to: URL(fileURLWithPath: path))
    let session = EtudeSession(output: QuietSink())
    let loaded = try session.read(path, environment: nil, root: nil, sets: [])
    guard loaded.isReadable else { return loaded.findings }
    session.take(loaded)
    return loaded.findings + (try session.checkQuickly())
  }
}

extension EtudeSession {
  fileprivate func checkQuickly() throws -> [Finding] {
    let subject = CheckSubject(self)
    return try CheckRules.all.flatMap { try $0.init().findings(subject) }
  }
}
