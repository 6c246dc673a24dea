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
    return SectionElement.all.contains(name) ? .train : .top
  }
}

extension SectionElement {
  /// Elements that are one component; a list of them is a list of alternatives of which the first
  /// enabled one counts.
  static let single = names.subtracting(lists)
  static let transforms = ["pre_transforms", "post_transforms"]
  /// With the list of 4.0 that became `key_metric` and `additional_metrics`.
  static let all = names.union(["metrics"])
}
