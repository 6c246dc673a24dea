import Components
import Engine
import Script

/// Brings what a run needs into being, in the order that makes a seed mean the same thing every time.
///
/// The network's weights come first, from the start of torch's stream; then the stream starts anew and
/// the training loader and after it the validation loader draw their seeds. So neither the order in
/// a file nor what was looked at before changes a run.
extension EtudeSession {
  /// The trainer, built or brought up to date.
  func trainer() throws -> SupervisedTrainer {
    try requireTrainingParts()
    try prepare([(.train, "model")], [(.train, "dataloader"), (.validate, "dataloader")])
    guard case .object(let object)? = try object("trainer", in: .train),
      let trainer = object as? SupervisedTrainer
    else { throw Fault(.wrongType, "trainer is not a trainer", wanted: "SupervisedTrainer") }
    return trainer
  }

  /// The evaluator, built or brought up to date.
  func evaluator() throws -> SupervisedEvaluator {
    guard bindings[.validate, "evaluator"] != nil else {
      throw Fault(
        .state, "there is nothing to validate with", wanted: "an evaluator",
        remedy: "load(\"examples/spleen\")")
    }
    try prepare([(.train, "model"), (.validate, "model")], [(.validate, "dataloader")])
    guard case .object(let object)? = try object("evaluator", in: .validate),
      let evaluator = object as? SupervisedEvaluator
    else { throw Fault(.wrongType, "evaluator is not an evaluator", wanted: "SupervisedEvaluator") }
    return evaluator
  }

  private func prepare(
    _ networks: [(Section, String)], _ loaders: [(Section, String)]
  ) throws {
    let context = try runContext()
    try build(networks, seeding: context)
    try build(loaders, seeding: context)
  }

  /// Builds what is not there yet, from the start of the stream when there is a seed.
  private func build(_ names: [(Section, String)], seeding context: RunContext) throws {
    var isSeeded = false
    for (section, name) in names {
      guard let binding = bindings[section, name] else { continue }
      if !isSeeded, workbench.current(binding.node) == nil, let seed = context.seed {
        context.generator.seed(UInt64(seed))
        isSeeded = true
      }
      _ = try value(of: binding.node)
    }
  }

  /// Says which part of a training is missing, with the line that would make it.
  private func requireTrainingParts() throws {
    let needed: [(name: String, line: String)] = [
      (
        "model",
        "model = UNet(spatial_dims=3, in_channels=1, out_channels=2, "
          + "channels=[16, 32, 64], strides=[2, 2], num_res_units=2, norm=\"batch\")"
      ),
      ("loss", "loss = DiceLoss(to_onehot_y=True, softmax=True)"),
      ("optimizer", "optimizer = Adam(params=@model.parameters(), lr=1e-3)"),
      (
        "dataset",
        "dataset = CacheDataset(data=datalist(\"dataset.json\"), transform=@pre_transforms)"
      ),
      ("dataloader", "dataloader = DataLoader(dataset=@dataset, batch_size=2, shuffle=True)"),
      (
        "trainer",
        "trainer = SupervisedTrainer(max_epochs=10, train_data_loader=@dataloader, "
          + "network=@model, optimizer=@optimizer, loss_function=@loss)"
      ),
    ]
    let missing = needed.filter { bindings[.train, $0.name] == nil }
    guard let first = missing.first else { return }
    throw Fault(
      .state, "training needs \(missing.map(\.name).joined(separator: ", "))", remedy: first.line)
  }
}
