import Components
import Script

/// What a session holds and what was typed into it.
extension Magic {
  static let who = Magic.looking(
    "who", "[KIND]", "The names of the session, or those of one kind.", .name
  ) { onlooker, text in
    let view = onlooker.view
    let wanted = text.text
    var names = view.names
    if !wanted.isEmpty {
      names = names.filter { $0.kind == wanted || $0.section.rawValue == wanted }
      if names.isEmpty {
        let kinds = view.names.map(\.kind) + Section.allCases.map(\.rawValue)
        throw Fault.unknown("kind of name here", wanted, among: kinds).at(text.place)
      }
    }
    if names.isEmpty {
      return onlooker.output.write("no names yet; ?% lists what can be done", to: .note)
    }
    let rows = names.map { name in
      [
        name.section == .top ? name.name : "\(name.section.rawValue).\(name.name)", name.kind,
        name.text,
      ]
    }
    let table = Table(rows)
    onlooker.output.show(
      table.text(width: onlooker.display.columns(), style: onlooker.display.style),
      html: table.html)
  }

  static let history = Magic.looking(
    "history", "[-n] [COUNT]", "What was typed in this session; -n numbers the entries."
  ) { onlooker, text in
    var words = text.words
    let isNumbered = words.first == "-n"
    if isNumbered { words.removeFirst() }
    var inputs = Array(onlooker.inputs.enumerated())
    if let word = words.first {
      guard let count = Int(word), count > 0, words.count == 1 else {
        throw Fault(
          .usage, "%history takes a count of entries", got: word, remedy: "%history -n 10",
          place: text.place)
      }
      inputs = inputs.suffix(count)
    }
    for (index, input) in inputs {
      let shown = onlooker.display.style.code(input)
      onlooker.output.write(
        isNumbered
          ? "\(index + 1): " + shown.replacing("\n", with: "\n   ") : shown, to: .result)
    }
  }

  static let reset = Magic("reset", "", "Forgets every name and object; undo() brings names back.")
  {
    session, text in
    try text.requireNothing()
    session.reset()
    session.note("forgot everything; undo() brings the names back")
  }

  static let page = Magic(
    "page", "STATEMENT", "Runs a statement and shows its results page by page.", .code,
    example: "%page train"
  ) { session, text in
    let statements = try session.statements(of: text)
    let shown = try session.output.collecting { try session.run(statements) }
    session.showPages(shown)
  }

  static let next = Magic("next", "", "The next step of the tour.") { session, text in
    try text.requireNothing()
    try session.showNextStep()
  }
}
