import Components
import Engine
import Script

/// Traps in the order of handlers: they act in the order of the list.
struct HandlerRule: CheckRule {
  static let codes = [
    FindingCode("handler-order", "A handler acts before another whose work it needs."),
    FindingCode("no-key-metric", "The best model is to be saved, but no metric says which it is."),
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    subject.sections.flatMap { section in
      let handlers = handlers(of: section, subject)
      return order(handlers) + keyMetric(handlers, section, subject)
    }
  }

  private func handlers(of section: Section, _ subject: CheckSubject) -> [CheckedComponent] {
    subject.components.filter {
      $0.node?.section == section && $0.node?.name == "handlers" && $0.type.kind == .handler
    }
  }

  private func order(_ handlers: [CheckedComponent]) -> [Finding] {
    var findings: [Finding] = []
    for (index, handler) in handlers.enumerated() {
      let before = handlers[..<index]
      if handler.value is ValidationHandler,
        let saver = before.first(where: { $0.value is CheckpointSaver })
      {
        findings.append(warning(handler, "validates after \(saver.name) has saved", after: saver))
      }
      if let saver = handler.value as? CheckpointSaver, saver.saveFinal,
        let stats = before.first(where: { $0.value is StatsHandler })
      {
        findings.append(
          warning(
            handler, "stands after \(stats.name); in Clara only the first of them acts on an error",
            after: stats))
      }
    }
    return findings
  }

  private func warning(
    _ handler: CheckedComponent, _ what: String, after other: CheckedComponent
  ) -> Finding {
    let place = other.place.sources.place(other.place.component.targetSpan)
    return .warning(
      handler.place.locate(
        Fault(
          .invalid, "\(handler.name) \(what)",
          remedy: "move \(handler.name) before \(other.name)",
          notes: ["\(other.name) stands at \(place.source):\(place.line):\(place.column)"])),
      Self.codes[0])
  }

  private func keyMetric(
    _ handlers: [CheckedComponent], _ section: Section, _ subject: CheckSubject
  ) -> [Finding] {
    let argument = section == .train ? "key_train_metric" : "key_val_metric"
    guard let engine = subject.engine(of: section), engine.node(of: argument) == nil,
      !engine.open.contains(argument)
    else { return [] }
    return handlers.compactMap { handler in
      guard let saver = handler.value as? CheckpointSaver, saver.saveKeyMetric,
        saver.keyMetricName == nil
      else { return nil }
      return .error(
        handler.place.locate(
          Fault(
            .invalid, "save_key_metric needs a key metric",
            wanted: "\(argument) in \(engine.name)", remedy: "\(argument)=@key_metric",
            argument: ["save_key_metric"])), Self.codes[1])
    }
  }
}
