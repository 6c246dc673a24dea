import Components
import Engine
import Script

/// Settings that change nothing here, or that never come into effect.
struct EffectRule: CheckRule {
  static let codes = [
    FindingCode("never-happens", "Something is set for an epoch that the run does not reach."),
    FindingCode("no-effect", "A setting has no effect on this machine."),
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    settings(subject) + device(subject) + neverHappens(subject)
  }

  private func settings(_ subject: CheckSubject) -> [Finding] {
    do throws(Fault) {
      return try RunSettings(subject.bindings).notesOnCPU.map {
        .note(Fault(.unsupported, $0), Self.codes[1])
      }
    } catch {
      // A variable that is not set is told by the rule of names.
      return error.kind == .unknownName ? [] : [.error(error)]
    }
  }

  /// `device: cuda`, said once for all.
  private func device(_ subject: CheckSubject) -> [Finding] {
    let asking = subject.components.filter { component in
      guard let device = component.place.component.argument("device"),
        [.trainer, .evaluator].contains(component.type.kind),
        case .string(let text, _) = device.form
      else { return false }
      return text.hasPrefix("cuda")
    }
    guard let first = asking.first else { return [] }
    let fault = Fault(
      .unsupported, "device: everything runs on the CPU", argument: ["device"])
    return [.note(first.place.locate(fault), Self.codes[1])]
  }

  private func neverHappens(_ subject: CheckSubject) -> [Finding] {
    guard let trainer = subject.engine(of: .train), !trainer.open.contains("max_epochs"),
      let epochs = (trainer.value as? SupervisedTrainerArguments)?.maxEpochs
    else { return [] }
    // Schedules that are stepped each iteration count iterations.
    let countsEpochs = !subject.components.contains {
      ($0.value as? LrScheduleHandler)?.epochLevel == false
    }
    return subject.components.compactMap { component in
      let (what, argument, first): (String, String, Int)
      switch component.value {
      case let handler as ValidationHandler where handler.epochLevel:
        (what, argument, first) = ("validation", "interval", handler.interval)
      case let saver as CheckpointSaver where saver.epochLevel && saver.saveInterval > 0:
        (what, argument, first) = ("saving", "save_interval", saver.saveInterval)
      case let schedule as StepLR where countsEpochs:
        (what, argument, first) = ("change of the learning rate", "step_size", schedule.stepSize)
      case let schedule as MultiStepLR where countsEpochs:
        (what, argument, first) = (
          "change of the learning rate", "milestones", schedule.milestones.min() ?? 0
        )
      default: return nil
      }
      guard !component.open.contains(argument), first > epochs else { return nil }
      let isWarning = component.value is ValidationHandler
      return Finding(
        isWarning ? .warning : .note,
        component.place.locate(
          Fault(
            .invalid, "the first \(what) comes at epoch \(first), after the last", got: "\(first)",
            wanted: "at most \(epochs)", argument: [argument])), Self.codes[0])
    }
  }
}
