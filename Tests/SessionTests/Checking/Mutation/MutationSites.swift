import Components
import Script

/// The places of a config where something can be broken, found by its own structure.
struct MutationSites {
  struct Name {
    var span: Span
    var text: String
  }
  struct Entry {
    var key: Span
    var name: String
    var value: JSONValue
    /// The component it is required by.
    var owner: Span
  }

  let text: [UInt8]
  var components: [Name] = []
  var arguments: [Name] = []
  /// Whole strings that are one placeholder, `{name}`.
  var variables: [Name] = []
  /// Strings that are one reference, `@name`.
  var references: [Name] = []
  /// Numbers, truth values and lists for which the declaration says what they must be.
  var literals: [(span: Span, form: ArgumentForm)] = []
  var choices: [Name] = []
  var required: [Entry] = []
  var entries: [Entry] = []
  /// Elements of a section that are one component each.
  var elements: [[(name: String, span: Span)]] = []
  /// Brackets outside strings, each with its partner.
  var brackets: [(offset: Int, partner: Int)] = []
  /// Quotes of strings, and commas and colons between values.
  var quotes: [Int] = []
  var commas: [Int] = []

  init(_ value: JSONValue, _ text: [UInt8], _ catalog: Catalog) {
    self.text = text
    visit(value, catalog, owner: value.span)
    scan()
  }

  private mutating func visit(_ value: JSONValue, _ catalog: Catalog, owner: Span) {
    switch value.form {
    case .string(let text): visit(text, value.span)
    case .list(let items): for item in items { visit(item, catalog, owner: owner) }
    case .object(let fields):
      // Nothing is looked at inside what is disabled.
      if fields.contains(where: { $0.key == "disabled" }) { return }
      let declaration = component(fields, value.span, catalog)
      var single: [(String, Span)] = []
      for field in fields {
        entries.append(
          Entry(key: field.keySpan, name: field.key, value: field.value, owner: value.span))
        // Descriptions of searches are data.
        if ["search", "apply"].contains(field.key) { continue }
        if field.key == "args", let declaration {
          visit(arguments: field.value, of: declaration, catalog, owner: value.span)
        } else {
          visit(field.value, catalog, owner: value.span)
        }
        if case .object(let inner) = field.value.form, inner.contains(where: { $0.key == "name" }),
          Self.kinds[field.key] != nil
        {
          single.append((field.key, field.value.span))
        }
      }
      if single.count > 1 { elements.append(single) }
    default: break
    }
  }

  private mutating func visit(_ text: String, _ span: Span) {
    if text.hasPrefix("{"), text.hasSuffix("}"), text.count > 5 {
      variables.append(
        Name(
          span: Span(span.source, span.start + 2, span.end - 2),
          text: String(text.dropFirst().dropLast())))
    } else if text.hasPrefix("@"), text.count > 4, text != "@conf" {
      references.append(
        Name(span: Span(span.source, span.start + 2, span.end - 1), text: String(text.dropFirst())))
    }
  }

  private mutating func component(
    _ fields: [JSONEntry], _ span: Span, _ catalog: Catalog
  ) -> Declaration? {
    guard let field = fields.first(where: { $0.key == "name" }),
      case .string(let name) = field.value.form
    else { return nil }
    let inside = field.value.span
    let plain = String(name.prefix { $0 != "#" })
    guard let declaration = catalog[plain]?.declaration else { return nil }
    components.append(
      Name(
        span: Span(inside.source, inside.start + 1, inside.start + 1 + plain.utf8.count),
        text: plain))
    return declaration
  }

  private mutating func visit(
    arguments value: JSONValue, of declaration: Declaration, _ catalog: Catalog, owner: Span
  ) {
    guard case .object(let fields) = value.form else { return }
    for field in fields {
      entries.append(Entry(key: field.keySpan, name: field.key, value: field.value, owner: owner))
      let inside = Span(field.keySpan.source, field.keySpan.start + 1, field.keySpan.end - 1)
      guard let declared = declaration.arguments.first(where: { $0.name == field.key }) else {
        continue
      }
      if field.key.count > 3 { arguments.append(Name(span: inside, text: field.key)) }
      // Clara 4.0 leaves out what it wires by itself.
      if declared.isRequired, !Self.isObject(declared.form), field.key != "params" {
        required.append(
          Entry(key: field.keySpan, name: field.key, value: field.value, owner: owner))
      }
      switch (field.value.form, declared.form) {
      case (.string(let text), let form) where Self.isChoice(form):
        choices.append(
          Name(
            span: Span(
              field.value.span.source, field.value.span.start + 1, field.value.span.end - 1),
            text: text))
      case (.int, _), (.double, _), (.bool, _), (.list, _):
        if Self.isTold(declared.form) { literals.append((field.value.span, declared.form)) }
      default: break
      }
      visit(field.value, catalog, owner: owner)
    }
  }

  private static func isObject(_ form: ArgumentForm) -> Bool {
    switch form {
    case .component: true
    case .optional(let wrapped): isObject(wrapped)
    default: false
    }
  }

  private static func isChoice(_ form: ArgumentForm) -> Bool {
    switch form {
    case .choice: true
    case .optional(let wrapped): isChoice(wrapped)
    case .either(let forms): forms.contains(where: isChoice)
    default: false
    }
  }

  /// A text in its place is a mistake.
  private static func isTold(_ form: ArgumentForm) -> Bool {
    switch form {
    case .bool, .int, .double: true
    case .list(let element): isTold(element)
    case .optional(let wrapped): isTold(wrapped)
    case .either(let forms): forms.allSatisfy(isTold)
    default: false
    }
  }

  /// Elements and the family each takes: two of one family may change places.
  static let kinds: [String: ComponentKind] = [
    "loss": .loss, "optimizer": .optimizer, "lr_scheduler": .scheduler, "model": .network,
    "dataset": .dataset, "dataloader": .dataLoader, "inferer": .inferer, "key_metric": .metric,
    "trainer": .trainer, "evaluator": .evaluator,
  ]

  private mutating func scan() {
    var open: [Int] = []
    var isInString = false
    var isEscaped = false
    for (offset, byte) in text.enumerated() {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
          quotes.append(offset)
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        isInString = true
        quotes.append(offset)
      case UInt8(ascii: "{"), UInt8(ascii: "["): open.append(offset)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if let partner = open.popLast() {
          brackets.append((offset, partner))
          brackets.append((partner, offset))
        }
      case UInt8(ascii: ","), UInt8(ascii: ":"): commas.append(offset)
      default: break
      }
    }
  }
}
