import Components
import Script

/// Parts of a training or validation that nobody wrote and that can be written in one way only: they are
/// bound as if they had been typed, and a note shows the line.
extension EtudeSession {
  /// A loader and a trainer around a model, a loss, an optimizer and a data set.
  ///
  /// - Throws: what is missing, with the line that would make it.
  func makeTrainingParts(epochs: Int?) throws {
    try requireTrainingParts()
    if has("trainer", in: .train) { return }
    let hasGoal = has("epochs", in: .top)
    guard hasGoal || epochs != nil else {
      throw Fault(
        .missingArgument, "nothing says how many epochs to train", remedy: "train(epochs=10)")
    }
    if !has("dataloader", in: .train) {
      try make("dataloader = DataLoader(dataset=@dataset, batch_size=1, shuffle=True)")
    }
    try make(
      "trainer = SupervisedTrainer("
        + arguments(
          [
            ("max_epochs", hasGoal ? "<epochs>" : "\(epochs ?? 1)"),
            ("train_data_loader", "@dataloader"), ("network", "@model"),
            ("optimizer", "@optimizer"), ("loss_function", "@loss"),
          ],
          [
            ("inferer", "inferer"), ("postprocessing", "post_transforms"),
            ("key_train_metric", "key_metric"), ("additional_metrics", "additional_metrics"),
            ("train_handlers", "handlers"),
          ], in: .train) + ")")
  }

  /// - Throws: what of a training is not there at all, with the line that would make it.
  func requireTrainingParts() throws {
    var needed = [
      (
        "model",
        "model = UNet(spatial_dims=3, in_channels=1, out_channels=2, "
          + "channels=[16, 32, 64], strides=[2, 2], num_res_units=2, norm=\"batch\")"
      ),
      ("loss", "loss = DiceLoss(to_onehot_y=True, softmax=True)"),
      ("optimizer", "optimizer = Adam(params=@model.parameters(), lr=1e-3)"),
    ]
    if !has("dataloader", in: .train) {
      needed.append(
        (
          "dataset",
          "dataset = CacheDataset(data=datalist(\"dataset.json\"), transform=@pre_transforms)"
        ))
    }
    try require(needed, for: "training", in: .train)
  }

  /// A loader and an evaluator around a model and the validation's data set.
  func makeValidationParts() throws {
    if bindings[.validate, "evaluator"] != nil { return }
    var needed: [(String, String)] = []
    if bindings.lookup("model", from: .validate) == nil {
      needed.append(("a model", "model = UNet(…), or load(\"examples/spleen\")"))
    }
    let hasLoader = bindings[.validate, "dataloader"] != nil
    if !hasLoader, bindings[.validate, "dataset"] == nil {
      needed.append(
        (
          "data",
          "validate.dataset = CacheDataset(data=datalist(\"dataset.json\", key=\"validation\"), "
            + "transform=@validate.pre_transforms)"
        ))
    }
    if let first = needed.first {
      throw Fault(
        .state, "validation needs \(needed.map(\.0).joined(separator: " and "))", remedy: first.1)
    }
    if !hasLoader { try make("validate.dataloader = DataLoader(dataset=@validate.dataset)") }
    try make(
      "evaluator = SupervisedEvaluator("
        + arguments(
          [("val_data_loader", "@dataloader"), ("network", "@model")],
          [
            ("inferer", "inferer"), ("postprocessing", "post_transforms"),
            ("key_val_metric", "key_metric"), ("additional_metrics", "additional_metrics"),
            ("val_handlers", "handlers"),
          ], in: .validate) + ")")
  }

  /// Bound in a section or at the top; what the other section has is not meant.
  private func has(_ name: String, in section: Section) -> Bool {
    bindings[section, name] != nil || bindings[.top, name] != nil
  }

  private func require(
    _ needed: [(name: String, line: String)], for what: String, in section: Section
  ) throws(Fault) {
    let missing = needed.filter { !has($0.name, in: section) }
    guard let first = missing.first else { return }
    throw Fault(
      .state, "\(what) needs \(missing.map(\.name).joined(separator: ", "))", remedy: first.line,
      notes: missing.dropFirst().map { "and then: \($0.line)" })
  }

  private func arguments(
    _ fixed: [(String, String)], _ optional: [(argument: String, element: String)],
    in section: Section
  ) -> String {
    let present = optional.filter { has($0.element, in: section) }
      .map { ($0.argument, "@\($0.element)") }
    let amp = has("amp", in: .top) ? [("amp", "<amp>")] : []
    return (fixed + present + amp).map { "\($0.0)=\($0.1)" }.joined(separator: ", ")
  }

  private func make(_ line: String) throws {
    let source = sources.add(name: "<implied>", text: line)
    let statements = try Parser.script(source, in: sources, names: names)
    // Part of the statement at work: `undo` takes back both.
    try Evaluator(
      workspace: SessionScope(self, .top), sources: sources, context: callContext()
    ).run(statements)
    note("made \(line)")
  }
}
