/// The `metrics` list of 4.0 in the form of 4.1.
///
/// The entry marked `is_key_metric` is the key metric, without a mark the first one; the rest are
/// additional metrics.
struct MetricList {
  let key: Expression?
  let others: Expression?

  init(_ entries: [Expression], _ span: Span) {
    let marked = entries.firstIndex { Self.isMarked($0) } ?? entries.indices.first
    key = marked.map { Self.unmarked(entries[$0]) }
    let rest = entries.indices.filter { $0 != marked }.map { Self.unmarked(entries[$0]) }
    others = rest.isEmpty ? nil : Expression(.list(rest), span)
  }

  private static func isMarked(_ entry: Expression) -> Bool {
    guard case .component(let component) = entry.form,
      case .bool(true)? = component.attribute("is_key_metric")?.form
    else { return false }
    return true
  }

  private static func unmarked(_ entry: Expression) -> Expression {
    guard case .component(var component) = entry.form else { return entry }
    component.attributes.removeAll { $0.name == "is_key_metric" }
    return Expression(.component(component), entry.span)
  }
}
