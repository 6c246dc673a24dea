import Components
import Engine
import Script

/// What stands where in a config: elements of the right family, each used by something, and something
/// to run.
struct SectionRule: CheckRule {
  static let codes = [
    FindingCode.nothingToRun,
    FindingCode("unused-element", "An element of a section is used by nothing."),
    FindingCode("wrong-element", "A component stands under the name of another family."),
  ]

  private static let families: [String: ComponentKind] = [
    "loss": .loss, "optimizer": .optimizer, "lr_scheduler": .scheduler, "model": .network,
    "pre_transforms": .transform, "post_transforms": .transform, "dataset": .dataset,
    "dataloader": .dataLoader, "inferer": .inferer, "handlers": .handler, "key_metric": .metric,
    "additional_metrics": .metric, "trainer": .trainer, "evaluator": .evaluator,
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    let nothing = nothingToRun(subject)
    // It is another kind of file; its names are nothing to complain about.
    if !nothing.isEmpty, subject.components.isEmpty { return nothing }
    return nothing + misplaced(subject) + unused(subject) + unread(subject)
  }

  private func nothingToRun(_ subject: CheckSubject) -> [Finding] {
    let bindings = subject.bindings
    let hasEngine = bindings[.train, "trainer"] != nil || bindings[.validate, "evaluator"] != nil
    guard !hasEngine, let location = subject.session.location else { return [] }
    let elements = [Section.train, .validate].flatMap { bindings.names(in: $0) }
    let top = bindings.names(in: .top)
    return [
      .error(
        Fault(
          .state, "there is nothing to run in this config", wanted: "a trainer or an evaluator",
          remedy: elements.isEmpty ? "etude check config/config_train.json" : nil,
          place: Place(source: location.config, line: 1, column: 1),
          notes: ["it has \((elements.isEmpty ? top : elements).joined(separator: ", "))"]),
        Self.codes[0])
    ]
  }

  private func misplaced(_ subject: CheckSubject) -> [Finding] {
    var findings: [Finding] = []
    for section in [Section.train, .validate] {
      for binding in subject.bindings.bindings(in: section) {
        guard let family = Self.families[binding.name] else { continue }
        for (expression, node) in entries(of: binding) {
          if let fault = fault(expression, node, family, subject) {
            findings.append(.error(fault, Self.codes[2]))
          }
        }
      }
    }
    return findings
  }

  private func entries(of binding: Binding) -> [(Expression, Node)] {
    guard case .list(let items) = binding.expression.form else {
      return [(binding.expression, binding.node)]
    }
    return items.enumerated().map { ($1, binding.node.child(.index($0))) }
  }

  private func fault(
    _ expression: Expression, _ node: Node, _ family: ComponentKind, _ subject: CheckSubject
  ) -> Fault? {
    let sources = subject.session.sources
    switch expression.form {
    case .component(let component):
      guard let type = subject.session.catalog[component], type.kind != family else { return nil }
      let own = Self.families.first { $0.value == type.kind }?.key ?? type.kind.rawValue
      return Fault(
        .wrongType, "\(node) is a \(type.kind.rawValue)", got: type.declaration.name,
        wanted: family.rawValue, suggestion: own == "additional_metrics" ? "key_metric" : own,
        place: sources.place(component.targetSpan), path: node.configPath)
    case .bool, .int, .double, .string, .dict, .template:
      return Fault(
        .wrongType, "\(node) is no component", got: expression.described,
        wanted: "{\"name\": …, \"args\": {…}}", place: sources.place(expression.span),
        path: node.configPath)
    default: return nil
    }
  }

  /// Elements that the engine of their section, and all that it uses, leave alone.
  private func unused(_ subject: CheckSubject) -> [Finding] {
    let used = subject.readNodes
    var findings: [Finding] = []
    for section in subject.sections where subject.engine(of: section) != nil {
      for binding in subject.bindings.bindings(in: section) {
        let isEngine = ["trainer", "evaluator"].contains(binding.name)
        guard Self.families[binding.name] != nil, !used.contains(binding.node) else { continue }
        if isEngine, binding.name == "trainer" || subject.bindings[.train, "trainer"] == nil {
          continue
        }
        // An empty list leaves nothing out.
        if case .list(let items) = binding.expression.form, items.isEmpty { continue }
        findings.append(.warning(fault(unused: binding, subject), Self.codes[1]))
      }
    }
    return findings
  }

  private func fault(unused binding: Binding, _ subject: CheckSubject) -> Fault {
    let remedy =
      switch binding.name {
      case "evaluator": "train.handlers += [ValidationHandler(interval=1, validator=@evaluator)]"
      case "lr_scheduler": "train.handlers += [LrScheduleHandler(lr_scheduler=@lr_scheduler)]"
      default: "del \(binding.node)"
      }
    return Fault(
      .state, "nothing uses \(binding.node)", remedy: remedy,
      place: subject.session.sources.place(binding.provenance.span), path: binding.node.configPath)
  }

  /// Names of the config that nothing reads: most often a misspelt section or setting.
  private func unread(_ subject: CheckSubject) -> [Finding] {
    let bindings = subject.bindings
    let mentioned = bindings.mentionedVariables
    let read = mentioned.union(subject.readNodes.filter { $0.section == .top }.map(\.name))
      .union(RunSettings.names)
    let known = mentioned.subtracting(bindings.variableNames)
      .union(RunSettings.names).union(SectionElement.sections).union(SectionElement.names)
    return bindings.bindings(in: .top).compactMap { binding in
      guard binding.provenance.kind == .config, !read.contains(binding.name) else { return nil }
      let near = Spelling.nearest(to: binding.name, among: known)
      let isSection = near.map { SectionElement.sections.contains($0) } ?? false
      let place = subject.session.sources.place(binding.provenance.span)
      return Finding(
        isSection ? .error : .warning,
        Fault(
          .unknownName, "nothing reads \(binding.name)", suggestion: near, place: place,
          path: binding.name), Self.codes[1])
    }
  }
}

extension Expression {
  fileprivate var described: String {
    switch form {
    case .bool(let flag): "bool \(flag)"
    case .int(_, let spelling): "int \(spelling)"
    case .double(_, let spelling): "float \(spelling)"
    case .string(let text, _): "string \(text.quoted)"
    case .dict: "dict"
    default: "text"
    }
  }
}
