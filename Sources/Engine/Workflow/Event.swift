/// The moments of a run that handlers wait for, in the words of ignite 0.4.8 and MONAI 0.8.1.
public enum Event: String, Sendable, CaseIterable {
  case started = "STARTED"
  case epochStarted = "EPOCH_STARTED"
  case getBatchStarted = "GET_BATCH_STARTED"
  case dataLoaderStopIteration = "DATALOADER_STOP_ITERATION"
  case getBatchCompleted = "GET_BATCH_COMPLETED"
  case iterationStarted = "ITERATION_STARTED"
  case forwardCompleted = "FORWARD_COMPLETED"
  case lossCompleted = "LOSS_COMPLETED"
  case backwardCompleted = "BACKWARD_COMPLETED"
  case modelCompleted = "MODEL_COMPLETED"
  case iterationCompleted = "ITERATION_COMPLETED"
  case terminateSingleEpoch = "TERMINATE_SINGLE_EPOCH"
  case epochCompleted = "EPOCH_COMPLETED"
  case terminate = "TERMINATE"
  case completed = "COMPLETED"
  /// Fires instead of COMPLETED when a signal asked the run to stop; the state is saved after it.
  case interrupt = "INTERRUPT"

  /// Whether filters of this event count epochs; the others count iterations.
  var countsEpochs: Bool {
    switch self {
    case .started, .epochStarted, .epochCompleted, .terminate, .completed, .interrupt: true
    default: false
    }
  }
}

/// Which occurrences of an event a handler wants; they are numbered by epoch or iteration, from 1.
public enum EventFilter: Sendable, Hashable {
  case always
  /// ignite's `Events.X(every=n)`.
  case every(Int)
  /// ignite's `Events.X(once=n)`.
  case once(Int)

  func accepts(_ number: Int) -> Bool {
    switch self {
    case .always: true
    case .every(let interval): number % interval == 0
    case .once(let wanted): number == wanted
    }
  }
}
