import Components
import Foundation
import Script

/// A config with one mistake, and what is to be said about it.
struct Mutant {
  enum Kind: String, CaseIterable {
    case componentName, argumentName, variable, reference, wrongType, bracket, quote, comma
    case requiredKey, swappedElements, choice, bytes, duplicateKey, circle
  }

  var kind: Kind
  var text: [UInt8]
  /// Lines, from 1, that the mistake stands on; for a bracket those of its partner too.
  var lines: Set<Int>
  /// The name that was misspelt.
  var original: String?
  /// What was done, for reports.
  var what: String
}

/// Breaks a config in one place.
struct Mutator {
  let sites: MutationSites
  private var random: SplitMix

  init(_ sites: MutationSites, seed: UInt64) {
    self.sites = sites
    random = SplitMix(state: seed)
  }

  /// Nil where the config has no place for that kind of mistake.
  mutating func mutant(_ kind: Mutant.Kind) -> Mutant? {
    switch kind {
    case .componentName: misspelt(sites.components, kind)
    case .argumentName: misspelt(sites.arguments, kind)
    case .variable: misspelt(sites.variables, kind)
    case .reference: misspelt(sites.references, kind)
    case .wrongType: wrongType()
    case .bracket: deletedBracket()
    case .quote: deleted(sites.quotes, kind)
    case .comma: deleted(sites.commas, kind)
    case .requiredKey: deletedKey()
    case .swappedElements: swapped()
    case .choice: wrongCase()
    case .bytes: damaged()
    case .duplicateKey: duplicated()
    case .circle: circle()
    }
  }

  private mutating func pick<T>(_ items: [T]) -> T? { items.randomElement(using: &random) }

  private func line(_ offset: Int, in text: [UInt8]) -> Int {
    text.prefix(max(0, offset)).count { $0 == UInt8(ascii: "\n") } + 1
  }

  private func replaced(_ span: Span, _ text: String) -> [UInt8] {
    Array(sites.text[..<span.start]) + Array(text.utf8) + Array(sites.text[span.end...])
  }

  private func made(
    _ kind: Mutant.Kind, _ bytes: [UInt8], at offsets: [Int], original: String? = nil,
    _ what: String
  ) -> Mutant {
    Mutant(
      kind: kind, text: bytes, lines: Set(offsets.map { line($0, in: bytes) }), original: original,
      what: what)
  }

  private mutating func misspelt(
    _ names: [MutationSites.Name], _ kind: Mutant.Kind
  ) -> Mutant? {
    guard let name = pick(names) else { return nil }
    var wrong = Array(name.text)
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    let place = Int.random(in: 0..<wrong.count, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: wrong.remove(at: place)
    case 1: wrong.insert(pick(letters) ?? "x", at: place)
    case 2 where place + 1 < wrong.count && wrong[place] != wrong[place + 1]:
      wrong.swapAt(place, place + 1)
    default: wrong[place] = wrong[place] == "q" ? "z" : "q"
    }
    let word = String(wrong)
    guard word != name.text, !word.isEmpty, wrong[0].isLetter || wrong[0] == "_" else { return nil }
    return made(
      kind, replaced(name.span, word), at: [name.span.start], original: name.text,
      "\(name.text) as \(word)")
  }

  private mutating func wrongType() -> Mutant? {
    guard let (span, _) = pick(sites.literals) else { return nil }
    let value = pick(["\"many\"", "{\"a\": 1}", "\"\""]) ?? "\"many\""
    return made(.wrongType, replaced(span, value), at: [span.start], "value as \(value)")
  }

  /// A token that is gone leaves a gap between its neighbours.
  private func neighbours(of offset: Int, in bytes: [UInt8]) -> [Int] {
    let blanks = Set([UInt8(ascii: " "), UInt8(ascii: "\n")])
    var (before, after) = (offset - 1, offset)
    while before > 0, blanks.contains(bytes[before]) { before -= 1 }
    while after < bytes.count - 1, blanks.contains(bytes[after]) { after += 1 }
    return [before, offset, after]
  }

  private mutating func deletedBracket() -> Mutant? {
    guard let (offset, partner) = pick(sites.brackets) else { return nil }
    var bytes = sites.text
    let character = String(UnicodeScalar(bytes.remove(at: offset)))
    let other = partner > offset ? partner - 1 : partner
    return made(
      .bracket, bytes, at: neighbours(of: offset, in: bytes) + [other], "deleted \(character)")
  }

  private mutating func deleted(_ offsets: [Int], _ kind: Mutant.Kind) -> Mutant? {
    guard let offset = pick(offsets) else { return nil }
    var bytes = sites.text
    let character = String(UnicodeScalar(bytes.remove(at: offset)))
    return made(kind, bytes, at: neighbours(of: offset, in: bytes), "deleted \(character)")
  }

  private mutating func deletedKey() -> Mutant? {
    guard let entry = pick(sites.required) else { return nil }
    guard let bytes = removed(entry) else { return nil }
    let length = entry.value.span.end - entry.key.start
    let owner = entry.owner.start..<max(entry.owner.start + 1, entry.owner.end - length)
    return made(.requiredKey, bytes, at: Array(owner), "deleted \(entry.name)")
  }

  /// The text without an entry and one of its commas.
  private func removed(_ entry: MutationSites.Entry) -> [UInt8]? {
    var (start, end) = (entry.key.start, entry.value.span.end)
    let blanks = Set([UInt8(ascii: " "), UInt8(ascii: "\n")])
    var after = end
    while after < sites.text.count, blanks.contains(sites.text[after]) { after += 1 }
    if after < sites.text.count, sites.text[after] == UInt8(ascii: ",") {
      end = after + 1
    } else {
      var before = start - 1
      while before >= 0, blanks.contains(sites.text[before]) { before -= 1 }
      guard before >= 0 else { return nil }
      if sites.text[before] == UInt8(ascii: ",") { start = before }
    }
    return Array(sites.text[..<start]) + Array(sites.text[end...])
  }

  private mutating func swapped() -> Mutant? {
    guard let section = pick(sites.elements), let first = pick(section), let second = pick(section),
      MutationSites.kinds[first.name] != MutationSites.kinds[second.name]
    else { return nil }
    let (a, b) = first.span.start < second.span.start ? (first, second) : (second, first)
    let text = sites.text
    var bytes = Array(text[..<a.span.start])
    let newFirst = bytes.count
    bytes += text[b.span.start..<b.span.end]
    let endOfFirst = bytes.count
    bytes += text[a.span.end..<b.span.start]
    let newSecond = bytes.count
    bytes += text[a.span.start..<a.span.end]
    let endOfSecond = bytes.count
    bytes += text[b.span.end...]
    return made(
      .swappedElements, bytes, at: Array(newFirst..<endOfFirst) + Array(newSecond..<endOfSecond),
      "swapped \(a.name) and \(b.name)")
  }

  private mutating func wrongCase() -> Mutant? {
    guard let choice = pick(sites.choices) else { return nil }
    let wrong =
      choice.text == choice.text.uppercased() ? choice.text.lowercased() : choice.text.uppercased()
    guard wrong != choice.text else { return nil }
    return made(
      .choice, replaced(choice.span, wrong), at: [choice.span.start], original: choice.text,
      "\(choice.text) as \(wrong)")
  }

  /// A byte that makes it another text than JSON; other damage may mean something.
  private mutating func damaged() -> Mutant? {
    var bytes = sites.text
    let offset = Int.random(in: 0..<bytes.count, using: &random)
    let old = bytes[offset]
    bytes[offset] = UInt8.random(in: 1...255, using: &random)
    guard bytes[offset] != old, old != UInt8(ascii: "\n"), !Self.isJSON(bytes) else { return nil }
    return made(
      .bytes, bytes, at: neighbours(of: offset, in: bytes) + [offset + 1] + partners(of: offset),
      "byte \(old) as \(bytes[offset])")
  }

  private func partners(of offset: Int) -> [Int] {
    sites.brackets.filter { $0.offset == offset }.map(\.partner)
  }

  private static func isJSON(_ bytes: [UInt8]) -> Bool {
    guard String(validating: bytes, as: UTF8.self) != nil else { return false }
    do {
      _ = try JSONSerialization.jsonObject(with: Data(bytes))
      return true
    } catch {
      return false
    }
  }

  private mutating func duplicated() -> Mutant? {
    guard let entry = pick(sites.entries) else { return nil }
    let copy = Array(sites.text[entry.key.start..<entry.value.span.end])
    let bytes =
      Array(sites.text[..<entry.value.span.end]) + Array(", ".utf8) + copy
      + sites.text[entry.value.span.end...]
    return made(
      .duplicateKey, bytes, at: [entry.value.span.end + 2], "\(entry.name) twice")
  }

  /// An element that needs itself, through what it is built of.
  private mutating func circle() -> Mutant? {
    let backwards = [
      "dataset": "dataloader", "transform": "dataset", "optimizer": "lr_scheduler",
      "validator": "trainer", "train_data_loader": "trainer", "network": "trainer",
    ]
    let entries = sites.entries.filter { entry in
      guard backwards[entry.name] != nil, case .string(let text) = entry.value.form else {
        return false
      }
      // `save_dict` has entries of these names too.
      return text.hasPrefix("@")
        && sites.arguments.contains { $0.span.start == entry.key.start + 1 }
    }
    guard let entry = pick(entries), let target = backwards[entry.name] else { return nil }
    return made(
      .circle, replaced(entry.value.span, "\"@\(target)\""), at: [entry.value.span.start],
      "\(entry.name) as @\(target)")
  }
}

/// SplitMix64 (Steele et al., 2014): the same numbers on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
