import Components
import Engine

/// `etude dataset`
extension EtudeSession {
  public func synthesize(_ command: SynthesizeOptions) throws {
    let made = try SyntheticCT(
      count: command.count, shape: command.shape, validation: command.validationCount,
      seed: UInt64(max(0, command.seed))
    ).write(to: command.directory, threads: ComputeThreads.count)
    note(made ? "made \(command.count) volumes in \(command.directory)" : "\(command.directory) is there already")
  }

  public func split(_ command: SplitOptions) throws {
    let made = try DataListSplit.write(
      of: command.list, fraction: command.validationFraction,
      seed: UInt32(truncatingIfNeeded: command.seed))
    note("wrote \(made.path): \(made.training) training, \(made.validation) validation")
  }
}
