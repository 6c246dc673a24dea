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
    guard Self.style(of: text) == .raw else { return Expression(.string(text, .plain), span) }
    let content = span.start + 1
    if text.hasPrefix("@") || Self.isLambda(text) {
      return try parse(text, span, at: content)
    }
    if text.hasPrefix("#") { return try parse(String(text.dropFirst()), span, at: content + 1) }
    return Expression(try template(text, span), span)
  }

  /// Gives the plain strings inside components their config meaning; everything else stays.
  ///
  /// A string that does not parse stays as well, so that a disabled component with a mistake in it
  /// does no harm; `expandOwn` reports it once the component is needed.
  public func expand(_ expression: Expression) -> Expression {
    guard hasMeaning(expression) else { return expression }
    return expanded(expression, inComponent: false) { text in
      do throws(Fault) { return try self.expression(text) } catch { return text }
    }
  }

  /// The same for a component, without the components inside it.
  ///
  /// - Throws: for a string that does not parse.
  public func expandOwn(_ component: Expression) throws(Fault) -> Expression {
    guard hasMeaning(component, enters: false) else { return component }
    return try expanded(component, inComponent: false, enters: false) { text throws(Fault) in
      try self.expression(text)
    }
  }

  /// Whether `expanded` would meet a string that has a meaning; most trees have none and stay.
  private func hasMeaning(
    _ expression: Expression, inComponent: Bool = false, enters: Bool = true
  ) -> Bool {
    func any(_ parts: [NamedExpression]) -> Bool {
      parts.contains { hasMeaning($0.value, inComponent: true, enters: enters) }
    }
    switch expression.form {
    case .string(let text, .plain): return inComponent && Self.style(of: text) == .raw
    case .component(let component):
      return (enters || !inComponent) && (any(component.arguments) || any(component.attributes))
    case .list(let items), .tuple(let items):
      return items.contains { hasMeaning($0, inComponent: inComponent, enters: enters) }
    case .dict(let entries):
      return entries.contains { hasMeaning($0.value, inComponent: inComponent, enters: enters) }
    default: return false
    }
  }

  private func expression(_ literal: Expression) throws(Fault) -> Expression {
    guard case .string(let text, .plain) = literal.form else { return literal }
    return try expression(text, literal.span)
  }

  private func expanded<Failure: Error>(
    _ expression: Expression, inComponent: Bool, enters: Bool = true,
    _ string: (Expression) throws(Failure) -> Expression
  ) throws(Failure) -> Expression {
    var isComponent = false
    switch expression.form {
    case .string where inComponent: return try string(expression)
    case .component where inComponent && !enters: return expression
    case .component: isComponent = true
    case .list, .tuple, .dict: break
    default: return expression
    }
    if case .dict(var entries) = expression.form {
      for index in entries.indices {
        entries[index].value = try expanded(
          entries[index].value, inComponent: inComponent, enters: enters, string)
      }
      return Expression(.dict(entries), expression.span)
    }
    return try expression.mappingChildren { child throws(Failure) in
      try expanded(child, inComponent: inComponent || isComponent, enters: enters, string)
    }
  }

  private func parse(_ text: String, _ span: Span, at offset: Int) throws(Fault) -> Expression {
    do throws(Fault) { return try syntax.parse(text, in: span.source, at: offset) } catch {
      throw error.at(sources.place(span))
    }
  }

  /// Raw for a text that would mean something else as a config string.
  static func style(of text: String) -> Expression.StringStyle {
    // Most texts are told by their first byte, which spares them the comparisons of characters.
    let beginsExpression =
      switch text.utf8.first {
      case UInt8(ascii: "@"): text.hasPrefix("@")
      case UInt8(ascii: "#"): text.hasPrefix("#")
      case UInt8(ascii: "l"): isLambda(text)
      default: false
      }
    let hasBrace = text.utf8.contains { $0 == .openBrace || $0 == .closeBrace }
    return beginsExpression || hasBrace ? .raw : .plain
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
