import Components

/// Where a workflow's batches come from, pass after pass over the data.
public protocol BatchSource: Object {
  /// Batches of one pass.
  var batchCount: Int { get }
  /// Starts a pass; draws its seeds from the session's generator.
  func makePass() throws -> any BatchPass
  /// Comes back to where an interrupted pass stood, from what `BatchPass.state` returned.
  func makePass(from state: StateValue) throws -> any BatchPass
}

/// One pass over the data, at some batch.
public protocol BatchPass: AnyObject {
  /// Nil when the pass is over.
  func next() throws -> Batch?
  /// All that is needed to come back here.
  func state() throws -> StateValue
}
