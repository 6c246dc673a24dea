import Components
import Engine

/// `etude dataset`
extension EtudeSession {
  public static func synthesize(
    _ command: SynthesizeOptions, output: any OutputSink, cancellation: Cancellation
  ) throws {
    try EtudeSession(options: SessionOptions(cancellation: cancellation), output: output)
      .synthesize(command)
  }

  public static func split(
    _ command: SplitOptions, output: any OutputSink, cancellation: Cancellation
  ) throws {
    try EtudeSession(options: SessionOptions(cancellation: cancellation), output: output)
      .split(command)
  }

  func synthesize(_ command: SynthesizeOptions) throws {
    let made = try SyntheticCT(
      count: command.count, shape: command.shape, validation: command.validationCount,
      labels: command.labels, seed: try Self.seed(command.seed)
    ).write(to: command.directory).made.count
    note(
      display.isRepeatable
        ? "\(command.count) cases in \(command.directory)"
        : made == 0
          ? "\(command.directory) is there already"
          : "made \(made / 2) cases in \(command.directory)"
    )
  }

  func split(_ command: SplitOptions) throws {
    let made = try DataListSplit.write(
      of: command.list, fraction: command.validationFraction,
      seed: UInt32(truncatingIfNeeded: command.seed))
    note(
      "wrote \(made.path): \(made.training) training, \(made.validation) validation; "
        + "--set DATASET_JSON=\(made.path) takes it")
  }
}
