import Components
import Script

/// A `%` command of the prompt, declared once: dispatch, help and completion read this row.
struct Magic: Sendable {
  /// What its text is, for completion.
  enum Text: Sendable { case nothing, code, path, folder, name }

  let name: String
  /// What follows the name: `[-n LOOPS] STATEMENT`.
  let usage: String
  /// One line.
  let help: String
  let text: Text
  /// Makes sense only where somebody types: scripts refuse it.
  let isInteractive: Bool
  /// Also stands over a whole cell, as `%%name`.
  let takesCells: Bool
  /// Of one that runs statements: what may stand before them, in this order, and a line that works.
  let options: [String]
  let example: String?
  let body: Body

  /// What a command does.
  enum Body: Sendable {
    case acts(@Sendable (EtudeSession, MagicText) throws -> Void)
    /// Only looks at the session: it can do so while a cell is at work.
    case looks(@Sendable (Onlooker, MagicText) throws -> Void)
  }

  init(
    _ name: String, _ usage: String = "", _ help: String, _ text: Text = .nothing,
    isInteractive: Bool = true, takesCells: Bool = false, options: [String] = [],
    example: String? = nil, run: @escaping @Sendable (EtudeSession, MagicText) throws -> Void
  ) {
    (self.options, self.example) = (options, example)
    (self.name, self.usage, self.help, self.text) = (name, usage, help, text)
    (self.isInteractive, self.takesCells, body) = (isInteractive, takesCells, .acts(run))
  }

  private init(
    looking name: String, _ usage: String, _ help: String, _ text: Text, isInteractive: Bool,
    look: @escaping @Sendable (Onlooker, MagicText) throws -> Void
  ) {
    (self.name, self.usage, self.help, self.text) = (name, usage, help, text)
    (self.isInteractive, takesCells, body) = (isInteractive, false, .looks(look))
    (options, example) = ([], nil)
  }

  /// A command that only looks at the session.
  static func looking(
    _ name: String, _ usage: String = "", _ help: String, _ text: Text = .nothing,
    isInteractive: Bool = true, look: @escaping @Sendable (Onlooker, MagicText) throws -> Void
  ) -> Magic {
    Magic(looking: name, usage, help, text, isInteractive: isInteractive, look: look)
  }

  func run(_ session: EtudeSession, _ text: MagicText) throws {
    switch body {
    case .acts(let act): try act(session, text)
    case .looks(let look):
      var onlooker = session.onlooker(output: session.output)
      // The line that asks is not part of the answer; a script's lines are no entries at all.
      _ = onlooker.inputs.popLast()
      try look(onlooker, text)
    }
  }

  /// `%time STATEMENT`
  var signature: String { usage.isEmpty ? "%" + name : "%\(name) \(usage)" }

  /// All of them, in alphabetical order.
  static let all: [Magic] = [
    .cd, .history, .ls, .next, .page, .pwd, .reset, .run, .time, .timeit, .who,
  ]

  static func named(_ name: String) -> Magic? { all.first { $0.name == name } }
}

/// What a magic was given.
struct MagicText: Sendable {
  var magic: String
  /// The rest of the line, or the cell below it.
  var text: String
  /// Where the text stands.
  var source: SourceID
  var range: Range<Int>
  /// Of the whole line, for messages.
  var place: Place

  /// Words between blanks.
  var words: [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }

  /// The one file or folder it names, quotes taken off; nil when there is none.
  func path() throws(Fault) -> String? {
    var path = Substring(text)
    if let quote = path.first, quote == "\"" || quote == "'", path.count > 1, path.last == quote {
      path = path.dropFirst().dropLast()
    }
    return path.isEmpty ? nil : PathItems.expanded(String(path))
  }

  func requireNothing() throws(Fault) {
    if !text.isEmpty {
      throw Fault(.usage, "%\(magic) takes nothing", got: text, remedy: "%\(magic)", place: place)
    }
  }

  /// The text of a line that stands at `range` of a source.
  init(_ line: MagicLine, _ source: SourceID, _ range: Range<Int>, in sources: SourceStore) {
    let bytes = Array(sources[source].text.utf8)[range]
    let trailing = bytes.reversed().prefix { $0 <= 0x20 }.count
    let end = range.upperBound - trailing
    let start = max(range.lowerBound, end - line.rest.utf8.count)
    (text, self.source, self.range) = (line.rest, source, start..<end)
    place = sources.place(Span(source, range.lowerBound, range.upperBound))
    magic =
      switch line.form {
      case .line(let name), .cell(let name): name
      case .question: "?"
      }
  }

  func missing(_ what: String, remedy: String) -> Fault {
    Fault(.usage, "%\(magic) needs \(what)", remedy: remedy, place: place)
  }
}

extension EtudeSession {
  /// Runs what begins with `%` or `?`.
  ///
  /// - Parameter isScript: Nobody types; what is only for the prompt is refused.
  func perform(_ piece: CellPieces.Piece, in source: SourceID, isScript: Bool) throws {
    if case .code = piece { return }
    // What it changes is a step of its own for undo.
    beginStatement(Span(source, piece.range.lowerBound, piece.range.upperBound))
    if let (magic, text) = try call(piece, in: source, isScript: isScript) {
      try magic.run(self, text)
    } else if case .magic(let line, let range) = piece, case .question(let isDouble) = line.form {
      let text = MagicText(line, source, range, in: sources)
      try answer(line.rest, isDouble: isDouble, at: text.place)
    }
  }

  /// Looks at what begins with `%` or `?` before anything runs.
  ///
  /// - Throws: the fault of a command that is not there, stands in the wrong place or is given
  ///   statements that do not parse.
  func inspect(_ piece: CellPieces.Piece, in source: SourceID, isScript: Bool) throws(Fault) {
    guard let (magic, line) = try call(piece, in: source, isScript: isScript),
      magic.text == .code
    else { return }
    var text = line
    for option in magic.options { _ = try text.takeOption(option) }
    _ = try statements(of: text)
  }

  /// The command that is called, with its text; nil for code and for questions.
  private func call(
    _ piece: CellPieces.Piece, in source: SourceID, isScript: Bool
  ) throws(Fault) -> (Magic, MagicText)? {
    switch piece {
    case .code: return nil
    case .magic(let line, let range):
      let text = MagicText(line, source, range, in: sources)
      switch line.form {
      case .question:
        if isScript { throw Self.onlyTyped("?", text.place, remedy: "help(\(line.rest))") }
        return nil
      case .line(let name): return (try magic(name, isScript, text.place), text)
      case .cell(let name):
        throw Fault(
          .usage, "%%\(name) stands on the first line of a cell", remedy: "%\(name) …",
          place: text.place)
      }
    case .cellMagic(let line, let range, let body):
      guard case .cell(let name) = line.form else { return nil }
      var text = MagicText(line, source, range, in: sources)
      let magic = try magic(name, isScript, text.place)
      guard magic.takesCells else {
        throw Fault(
          .usage, "%%\(name) is not for whole cells", remedy: magic.signature, place: text.place)
      }
      if text.text.isEmpty {
        text.range = body
      } else {
        text.range = (body.lowerBound - 1 - text.text.utf8.count)..<body.upperBound
      }
      text.text = String(decoding: Array(sources[source].text.utf8)[text.range], as: UTF8.self)
      return (magic, text)
    }
  }

  private func magic(_ name: String, _ isScript: Bool, _ place: Place) throws(Fault) -> Magic {
    guard let magic = Magic.named(name) else {
      var fault = Fault.unknown("% command", "%" + name, among: Magic.all.map { "%" + $0.name })
      if action(name) != nil { fault.remedy = "\(name)(…)" }
      if fault.suggestion == nil, fault.remedy == nil { fault.remedy = "?%" }
      throw fault.at(place)
    }
    if isScript, magic.isInteractive {
      throw Self.onlyTyped("%" + name, place, remedy: nil)
    }
    return magic
  }

  private static func onlyTyped(_ what: String, _ place: Place, remedy: String?) -> Fault {
    Fault(
      .unsupported, "\(what) is for the prompt; a script has nobody to read it", remedy: remedy,
      place: place)
  }
}
