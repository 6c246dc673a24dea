import Components
import Script

/// `--param name=value`: what a script assigns to a name, said from outside.
///
/// The names are those that the script's cell tagged `parameters` assigns, or without such a cell those
/// that any line at its top level assigns. The value takes the place of the first one assigned.
struct ScriptParameters {
  private var values: [String: (option: SetOption, text: String)] = [:]
  private var order: [String] = []
  private let sources: SourceStore

  init(_ words: [String], in sources: SourceStore) throws(Fault) {
    self.sources = sources
    for word in words {
      let option = try SetOption.read(word, in: sources, option: "--param")
      if values[option.key] == nil { order.append(option.key) }
      let text = word.drop { $0 != "=" }.dropFirst()
      values[option.key] = (option, String(text))
    }
  }

  /// - Parameter cells: The statements of each piece, and whether its cell is tagged.
  /// - Throws: a name that nothing assigns, or a value of another type.
  func apply(to cells: inout [(isTagged: Bool, statements: [Statement])]) throws(Fault) {
    if order.isEmpty { return }
    let hasTag = cells.contains { $0.isTagged }
    var open = Set(order)
    var known: [String] = []
    for cell in cells.indices where cells[cell].isTagged || !hasTag {
      for index in cells[cell].statements.indices {
        guard let (name, old) = cells[cell].statements[index].assigned else { continue }
        if !known.contains(name) { known.append(name) }
        guard open.remove(name) != nil, let value = values[name] else { continue }
        let new = try expression(value.option, value.text, in: old)
        cells[cell].statements[index].replaceValue(new)
      }
    }
    guard let missing = order.first(where: open.contains), let value = values[missing] else {
      return
    }
    throw Fault(
      .usage, "the script has no parameter \(missing.quoted)",
      suggestion: Spelling.nearest(to: missing, among: known),
      place: sources.place(value.option.keySpan),
      notes: known.isEmpty ? [] : ["it has " + known.joined(separator: ", ")])
  }

  private func expression(
    _ option: SetOption, _ text: String, in old: Expression
  ) throws(Fault) -> Expression {
    let span = option.value.span
    let value = option.value.value
    func wrong(_ wanted: String) -> Fault {
      Fault(
        .usage, "--param \(option.key) takes \(wanted)", got: "\(value.kindName) \(value)",
        wanted: wanted, place: sources.place(span))
    }
    switch (old.form, value) {
    case (.int, .int), (.double, .double), (.double, .int), (.bool, .bool), (.list, .list),
      (.dict, .dict), (.tuple, .list), (.string, .string):
      break
    case (.int, _): throw wrong("an int")
    case (.double, _): throw wrong("a float")
    case (.bool, _): throw wrong("True or False")
    case (.list, _), (.tuple, _): throw wrong("a list")
    case (.dict, _): throw wrong("a dict")
    // A text may look like a number.
    case (.string, _): return Expression(.string(text, .plain), span)
    default: break
    }
    guard let expression = Expression(value: value, span) else { throw wrong("a plain value") }
    return expression
  }
}

extension Statement {
  /// `name = value`
  fileprivate var assigned: (name: String, value: Expression)? {
    guard case .assignment(.path(let path, _), let value) = form, path.steps.count == 1,
      case .name(let name)? = path.steps.first
    else { return nil }
    return (name, value)
  }

  fileprivate mutating func replaceValue(_ value: Expression) {
    guard case .assignment(let target, _) = form else { return }
    form = .assignment(target, value)
  }
}
