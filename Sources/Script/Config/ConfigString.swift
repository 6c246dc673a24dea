import Components

/// What a string means where config strings have a meaning.
///
/// `{name}` alone is the variable with its type; other braces make text with variables in it, `{{`
/// and `}}` being plain braces; `@x` is an object, `#…` and `lambda …` are expressions and keep
/// their braces. One pass: what a variable holds is never read again. (NVFlare 2.0 `wfconf`.)
public struct ConfigString: Sendable {
  let syntax: any ExpressionSyntax
  let sources: SourceStore

  public init(_ syntax: any ExpressionSyntax, _ sources: SourceStore) {
    (self.syntax, self.sources) = (syntax, sources)
  }

  /// `span` includes the quotes. Text without a config meaning stays a string: plain if reading it
  /// again would give the same, raw if not.
  public func expression(_ text: String, _ span: Span) throws(Fault) -> Expression {
    let content = span.start + 1
    if text.hasPrefix("@") || Self.isLambda(text) {
      return try parse(text, span, at: content)
    }
    if text.hasPrefix("#") { return try parse(String(text.dropFirst()), span, at: content + 1) }
    guard text.utf8.contains(where: { $0 == .openBrace || $0 == .closeBrace }) else {
      return Expression(.string(text, .plain), span)
    }
    return Expression(try template(text, span), span)
  }

  /// Gives the plain strings inside components their config meaning; everything else stays.
  ///
  /// A string whose text does not parse stays as well, so that a disabled component with a mistake
  /// in it does no harm. `strict` reports it, and leaves the components inside this one alone.
  public func expand(_ expression: Expression, strict: Bool) throws(Fault) -> Expression {
    try expand(expression, inComponent: false, strict: strict)
  }

  private func expand(
    _ expression: Expression, inComponent: Bool, strict: Bool
  ) throws(Fault) -> Expression {
    var result = expression
    switch expression.form {
    case .string(let text, .plain) where inComponent:
      do throws(Fault) { return try self.expression(text, expression.span) } catch {
        if strict { throw error }
        return expression
      }
    case .component where inComponent && strict: break
    case .component(var component):
      for index in component.arguments.indices {
        component.arguments[index].value = try expand(
          component.arguments[index].value, inComponent: true, strict: strict)
      }
      for index in component.attributes.indices {
        component.attributes[index].value = try expand(
          component.attributes[index].value, inComponent: true, strict: strict)
      }
      result.form = .component(component)
    case .list(var items):
      for index in items.indices {
        items[index] = try expand(items[index], inComponent: inComponent, strict: strict)
      }
      result.form = .list(items)
    case .tuple(var items):
      for index in items.indices {
        items[index] = try expand(items[index], inComponent: inComponent, strict: strict)
      }
      result.form = .tuple(items)
    case .dict(var entries):
      for index in entries.indices {
        entries[index].value = try expand(
          entries[index].value, inComponent: inComponent, strict: strict)
      }
      result.form = .dict(entries)
    default: break
    }
    return result
  }

  private func parse(_ text: String, _ span: Span, at offset: Int) throws(Fault) -> Expression {
    do throws(Fault) { return try syntax.parse(text, in: span.source, at: offset) } catch {
      throw error.at(sources.place(span))
    }
  }

  /// Raw for a text that would mean something else as a config string.
  static func style(of text: String) -> Expression.StringStyle {
    let hasMeaning =
      text.hasPrefix("@") || text.hasPrefix("#") || isLambda(text)
      || text.utf8.contains { $0 == .openBrace || $0 == .closeBrace }
    return hasMeaning ? .raw : .plain
  }

  private static func isLambda(_ text: String) -> Bool {
    guard text.hasPrefix("lambda") else { return false }
    let next = text.dropFirst(6).first
    return next == " " || next == ":"
  }

  private func template(_ text: String, _ span: Span) throws(Fault) -> Expression.Form {
    var parts: [TemplatePart] = []
    var literal = ""
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        literal.append(character)
        rest.removeFirst()
      case "{":
        guard let end = rest.firstIndex(of: "}") else {
          throw brace("this { is never closed", span)
        }
        let name = String(rest[..<end])
        try check(name, span)
        rest = rest[rest.index(after: end)...]
        if !literal.isEmpty { parts.append(.text(literal)) }
        literal = ""
        parts.append(.variable(name))
      case "}": throw brace("this } closes nothing", span)
      default: literal.append(character)
      }
    }
    if !literal.isEmpty { parts.append(.text(literal)) }
    if parts.count == 1, case .variable(let name) = parts[0] { return .variable(name) }
    if parts.count == 1, case .text(let plain) = parts[0] { return .string(plain, .raw) }
    return .template(parts)
  }

  private func check(_ name: String, _ span: Span) throws(Fault) {
    let bytes = Array(name.utf8)
    if let first = bytes.first, first.beginsWord, bytes.allSatisfy(\.continuesWord) { return }
    throw Fault(
      .syntax, name.isEmpty ? "{} names no variable" : "{\(name)} is not the name of a variable",
      wanted: "{NAME}, made of letters, digits and _", remedy: "{{\(name)}}",
      place: sources.place(span), notes: ["braces that are meant as text are doubled: {{ and }}"])
  }

  private func brace(_ message: String, _ span: Span) -> Fault {
    Fault(
      .syntax, message, place: sources.place(span),
      notes: ["braces that are meant as text are doubled: {{ and }}"])
  }
}
