import Components
import Script

/// One kind of mistake that can be known before anything runs.
protocol CheckRule: Sendable {
  /// The lasting names of what it finds, beside those that follow from the kind of a fault.
  static var codes: [FindingCode] { get }
  init()
  func findings(_ subject: CheckSubject) throws -> [Finding]
}

/// All rules, in alphabetical order; what they find is sorted afterwards.
enum CheckRules {
  static let all: [any CheckRule.Type] = [
    ComponentRule.self, DataRule.self, EffectRule.self, FileRule.self, HandlerRule.self,
    LabelRule.self, MemoryRule.self, MetricRule.self, NameRule.self, NetworkRule.self,
    SectionRule.self,
  ]

  /// Every code there is, by name.
  static var codes: [FindingCode] {
    (FindingCode.ofKinds.map(\.code) + all.flatMap { $0.codes }).sorted { $0.name < $1.name }
  }
}
