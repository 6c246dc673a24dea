import Components
import Engine
import Script

/// Training and validating, as the prompt and the commands both do it.
extension EtudeSession {
  /// Trains on from where the trainer stands.
  func runTraining(epochs: Int? = nil, iterations: Int? = nil) throws -> Run {
    try preflightTraining()
    let trainer = try trainer()
    try preflightTraining()
    return try finish(try trainer.run(epochs: epochs, iterations: iterations))
  }

  /// One pass of the evaluator.
  func runValidation() throws -> Run {
    try preflight([.validate])
    let evaluator = try evaluator()
    try preflight([.validate])
    return try finish(try evaluator.aside { try evaluator.run() })
  }

  private func finish(_ run: Run) throws -> Run {
    let number = runs.add(run)
    output.write(run.line(number: number), to: .result)
    if run.details.isEmpty { return run }
    let labels = try classNames()
    for details in run.details { output.write(details.line(labels: labels), to: .result) }
    return run
  }

  /// Names of the classes in the validation's data list, by number.
  private func classNames() throws -> [String: String] {
    guard case .object(let object)? = try object("dataset", in: .validate),
      let dataset = object as? any Dataset
    else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: dataset.labels.map { (String($0.key), $0.value) })
  }

  /// Says what a config asks for that a CPU does not do, once.
  func noteSettings() throws {
    for line in try RunSettings(bindings).notesOnCPU { noteOnce(line) }
  }

  /// The table that `network_summary` asks for.
  func showNetworkSummary() throws {
    guard let size = try RunSettings(bindings).summaryInputSize,
      let binding = bindings.lookup("model", from: .train),
      case .object(let object) = try value(of: binding.node), let network = object as? any Network
    else { return }
    output.write(try NetworkSummary(network, inputSize: size).text, to: .result)
  }
}
