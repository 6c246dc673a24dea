import Components
import Script

/// `--param name=value`: what a script assigns to a name, said from outside.
///
/// The names are those that the script's cells tagged `parameters` assign; a cell after them gives them
/// their values, as it does in papermill. Without such a cell they are those that any line at the top
/// level assigns, and the value takes the place of the first one assigned.
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

  /// - Parameter read: Makes a cell of a text.
  /// - Throws: a name that nothing assigns, or a value of another type.
  func apply(
    to cells: inout [PreparedCell], _ read: (String) throws(Fault) -> PreparedCell
  ) throws(Fault) {
    if order.isEmpty { return }
    let tagged = cells.indices.filter { cells[$0].setsParameters }
    var open = Set(order)
    var known: [String] = []
    var injected = ""
    for cell in tagged.isEmpty ? Array(cells.indices) : tagged {
      for part in cells[cell].parts.indices {
        for index in cells[cell].parts[part].statements.indices {
          guard let (name, old) = cells[cell].parts[part].statements[index].assigned else {
            continue
          }
          if !known.contains(name) { known.append(name) }
          guard open.remove(name) != nil, let value = values[name] else { continue }
          let new = try expression(value.option, value.text, in: old)
          if tagged.isEmpty {
            cells[cell].parts[part].statements[index].replaceValue(new)
            cells[cell].write(Printer().text(new), at: old.span)
          } else {
            injected += "\(name) = \(Printer().text(new))\n"
          }
        }
      }
    }
    if let missing = order.first(where: open.contains), let value = values[missing] {
      throw Fault(
        .usage, "the script has no parameter \(missing.quoted)",
        suggestion: Spelling.nearest(to: missing, among: known),
        place: sources.place(value.option.keySpan),
        notes: known.isEmpty ? [] : ["it has " + known.joined(separator: ", ")])
    }
    if tagged.isEmpty { return }
    cells.removeAll(where: \.isInjected)
    let last = cells.lastIndex(where: \.setsParameters) ?? cells.endIndex - 1
    cells.insert(try read(injected), at: last + 1)
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

extension NotebookScript.Cell {
  /// `parameters`: it says what a run may be given from outside; `injected-parameters`: what one was
  /// given.
  func isTagged(_ tag: String) -> Bool { metadata["tags"]?.contains(tag.jsonQuoted) ?? false }
}

extension PreparedCell {
  /// Puts another value into the text, which is shown beside what the cell does.
  fileprivate mutating func write(_ value: String, at span: Span) {
    var bytes = Array(text.utf8)
    let start = span.start - range.lowerBound + shift
    bytes.replaceSubrange(start..<start + (span.end - span.start), with: Array(value.utf8))
    shift += value.utf8.count - (span.end - span.start)
    text = String(decoding: bytes, as: UTF8.self)
  }
}
