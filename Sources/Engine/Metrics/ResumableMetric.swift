/// A metric whose gathered outputs can be saved, so that a training that stops in the middle of an
/// epoch ends it with the same value.
public protocol ResumableMetric: Metric {
  func gathered() throws -> StateValue
  func adopt(gathered: StateValue) throws
}
