import Components

/// What the arguments of both kinds of workflow have in common.
extension Workflow.Options {
  init(
    metrics: (key: Named<Ref<Metrics>>?, additional: Named<Ref<Metrics>>?),
    isBetter: FunctionArgument?, context: RunContext
  ) throws(Fault) {
    self.init()
    let key = metrics.key?.entries.map { ($0.name, $0.value.built) } ?? []
    let additional = metrics.additional?.entries.map { ($0.name, $0.value.built) } ?? []
    // One would take the place of the other, in the curves and in the choice of the best model.
    var taken: Set = ["train_loss", "lr"]
    for (name, _) in key + additional where !taken.insert(name).inserted {
      throw Fault(
        .invalid, "there is another series that is called \(name.quoted)", got: name.quoted,
        wanted: "a log_label of its own", remedy: "\"log_label\": \("val_\(name)".jsonQuoted)")
    }
    // MONAI attaches no metric at all without a key metric.
    self.metrics = key.isEmpty ? [] : key + additional
    hasKeyMetric = !key.isEmpty
    guard let function = isBetter?.function else { return }
    self.isBetter = { current, best in
      try function.call(
        Arguments([.double(current), .double(best)]),
        CallContext(
          output: context.output, cancellation: context.cancellation, budget: StepBudget())
      ).isTruthy
    }
  }

  static func refuse(_ arguments: [(String, Value)], of component: String) throws(Fault) {
    for (name, value) in arguments {
      if case .none = value { continue }
      throw .refused(name, of: component)
    }
  }

  static func checkLength(_ length: Int?) throws(Fault) {
    if let length, length < 1 {
      throw Fault(
        .outOfRange, "epoch_length is out of range", got: "\(length)", wanted: "≥ 1 or None",
        argument: ["epoch_length"])
    }
  }
}

extension RunContext {
  /// What `amp` means on this processor; said once where it changes nothing.
  func precision(amp: Bool) throws(Fault) -> ForwardMode.Precision {
    guard amp else { return .float32 }
    if try ForwardMode.Precision.bfloat16.isSupported() { return .bfloat16 }
    noteOnce("amp: this processor has no AVX-512, which bfloat16 needs; computing in float32")
    return .float32
  }

  func noteDevice(_ device: Value) {
    if case .string(let name) = device, name != "cpu" {
      noteOnce("device \(name.quoted): there is none here, everything runs on the CPU")
    }
  }
}
