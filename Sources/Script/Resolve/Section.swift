/// The three scopes of a session: what all share, and the two halves of a training config.
public enum Section: String, Sendable, Hashable, CaseIterable {
  case top, train, validate

  /// Where a name is looked for, in order: here, then at the top, then in the other section.
  public var lookupOrder: [Section] {
    switch self {
    case .top: [.top, .train, .validate]
    case .train: [.train, .top, .validate]
    case .validate: [.validate, .top, .train]
    }
  }

  /// Where a bare assignment to a name goes.
  public static func home(of name: String) -> Section {
    if name == "evaluator" { return .validate }
    return SectionElements.all.contains(name) ? .train : .top
  }
}
