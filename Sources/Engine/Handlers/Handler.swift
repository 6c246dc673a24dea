import Components

/// Something that happens around training: saving, logging, validating.
public protocol Handler: Object {
  /// Registers what it does at which event; called once, in the order of the config's list.
  func attach(to workflow: Workflow) throws
}
