import Components

/// Where a workflow's batches come from, pass after pass over the data.
public protocol BatchSource: Object {
  /// Batches of one pass.
  var batchCount: Int { get }
  /// Starts a pass; draws its seeds from the session's generator.
  func makePass(_ context: RunContext) throws -> any BatchPass
  /// Comes back to where another pass stood, from what its `state` returned; leaves the session's
  /// generator as it is.
  func makePass(from state: StateValue, _ context: RunContext) throws -> any BatchPass
  /// What goes on from one pass to the next, between passes.
  func restingState() throws -> StateValue
  func rest(in state: StateValue) throws
}

/// One pass over the data, at some batch.
public protocol BatchPass: AnyObject {
  /// Nil when the pass is over.
  func next() throws -> Batch?
  /// All that is needed to come back here.
  func state() throws -> StateValue
}
