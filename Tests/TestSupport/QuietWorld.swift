import Components
import Engine
import Synchronization

/// Keeps what is written, channel by channel.
public final class RecordingSink: OutputSink {
  private let lines = Mutex<[(text: String, channel: OutputChannel)]>([])

  public init() {}

  public var texts: [String] { lines.withLock { $0.map(\.text) } }

  public func write(_ text: String, to channel: OutputChannel) {
    lines.withLock { $0.append((text, channel)) }
  }

  public func text(of channel: OutputChannel) -> String { lines(channel).joined() }

  public func lines(_ channel: OutputChannel) -> [String] {
    lines.withLock { $0.filter { $0.channel == channel }.map(\.text) }
  }
}

extension CallContext {
  /// Output goes to `sink`; limits are the ordinary ones.
  public static func quiet(_ sink: RecordingSink = RecordingSink()) -> CallContext {
    CallContext(output: sink, cancellation: Cancellation(), budget: StepBudget())
  }
}

extension RunContext {
  /// Seed 0 and two threads.
  public static func quiet(_ sink: RecordingSink = RecordingSink(), threads: Int = 2) -> RunContext
  {
    RunContext(
      output: sink, cancellation: Cancellation(), generator: TorchGenerator(seed: 0), seed: 0,
      threads: threads)
  }
}
