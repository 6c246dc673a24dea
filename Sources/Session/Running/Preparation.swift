import Components
import Engine
import Script

/// Brings what a run needs into being, so that a seed means the same thing every time: a network is
/// built from the start of torch's stream whenever it is built, and before the first iteration the
/// stream starts anew. Neither the order in a file nor what was looked at before changes a run.
extension EtudeSession {
  /// The trainer, built or brought up to date.
  func trainer() throws -> SupervisedTrainer {
    try requireTrainingParts()
    try followSeed()
    guard case .object(let object)? = try object("trainer", in: .train),
      let trainer = object as? SupervisedTrainer
    else { throw Fault(.wrongType, "trainer is not a trainer", wanted: "SupervisedTrainer") }
    reportRebuilt()
    try trainer.startStreams()
    return trainer
  }

  /// The evaluator, built or brought up to date.
  func evaluator() throws -> SupervisedEvaluator {
    guard bindings[.validate, "evaluator"] != nil else {
      throw Fault(
        .state, "there is nothing to validate with", wanted: "an evaluator",
        remedy: "load(\"examples/spleen\")")
    }
    guard case .object(let object)? = try object("evaluator", in: .validate),
      let evaluator = object as? SupervisedEvaluator
    else { throw Fault(.wrongType, "evaluator is not an evaluator", wanted: "SupervisedEvaluator") }
    reportRebuilt()
    return evaluator
  }

  /// Says which part of a training is missing, with the line that would make it.
  func requireTrainingParts() throws {
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
