import Synchronization

/// Whether calling something twice is the same as calling it once.
public enum Effect: Sendable {
  /// Depends on its arguments only.
  case pure
  /// Trains, draws random numbers, writes: never re-run behind the user's back.
  case action
}

/// Something that can be called: a lambda, a built-in, a method of an object.
public protocol Callable: Sendable {
  var name: String { get }
  var effect: Effect { get }
  /// Text that decides what it does: equal for functions that do the same. Nil when no text can say.
  var definition: String? { get }
  func call(_ arguments: Arguments, _ context: CallContext) throws -> Value
}

extension Callable {
  public var definition: String? { nil }
}

/// The arguments of one call, as written.
public struct Arguments: Sendable {
  public var positional: [Value]
  public var named: ValueDictionary

  public init(_ positional: [Value] = [], named: ValueDictionary = [:]) {
    (self.positional, self.named) = (positional, named)
  }
}

/// What a call may use of the world around it.
public struct CallContext: Sendable {
  public var output: any OutputSink
  public var cancellation: Cancellation
  public var budget: StepBudget
  /// How many evaluations enclose this call; 0 when the engine calls.
  public var depth = 0

  public init(output: any OutputSink, cancellation: Cancellation, budget: StepBudget) {
    (self.output, self.cancellation, self.budget) = (output, cancellation, budget)
  }
}

/// A function made from a closure; the form of every built-in and method.
public struct NativeFunction: Callable {
  public let name: String
  public let effect: Effect
  private let body: @Sendable (Arguments, CallContext) throws -> Value

  public init(
    _ name: String, effect: Effect = .pure,
    _ body: @escaping @Sendable (Arguments, CallContext) throws -> Value
  ) {
    (self.name, self.effect, self.body) = (name, effect, body)
  }

  public func call(_ arguments: Arguments, _ context: CallContext) throws -> Value {
    try body(arguments, context)
  }
}

/// Where text goes; handlers and built-ins write here, never to a file descriptor.
public protocol OutputSink: Sendable {
  func write(_ text: String, to channel: OutputChannel)
  /// Whether `.progress` is one line that is drawn again and again; false where every write stays,
  /// as in a file.
  var isLive: Bool { get }
  /// The forms that are of use here.
  var forms: Set<RichForm> { get }
  func show(_ output: RichOutput, as role: OutputRole)
  /// Takes away what a cell has shown so far, where that can be.
  func clear()
}

extension OutputSink {
  public var isLive: Bool { false }
  public var forms: Set<RichForm> { [.text] }
  public func show(_ output: RichOutput, as role: OutputRole) { write(output.text, to: .result) }
  public func clear() {}
}

public enum OutputChannel: Sendable {
  /// What was asked for; stdout.
  case result
  /// The beginning of a line, which the next result goes on with. Sinks see whole lines only: a
  /// session's gate keeps what has no end yet.
  case part
  /// One line of the training log, as MONAI's loggers print it; stdout.
  case log
  /// A remark beside the result; stderr.
  case note
  /// The one live line; each write replaces the last; stderr.
  case progress
}

/// A request to stop, raised by a signal or another thread and polled by whatever takes long.
public final class Cancellation: Sendable {
  private let requested = Atomic<Bool>(false)

  public init() {}
  public var isRequested: Bool { requested.load(ordering: .relaxed) }
  public func request() { requested.store(true, ordering: .relaxed) }
  public func reset() { requested.store(false, ordering: .relaxed) }
}

/// Bounds one evaluation: how many steps it may take and how large a value it may make.
public final class StepBudget: Sendable {
  public static let defaultSteps = 50_000_000
  public static let defaultElements = 50_000_000

  /// More elements than this fit no memory, so raising the limit is no advice.
  private static let largestSensible = 1_000_000_000

  private let remaining: Atomic<Int>
  public let limit: Int
  /// Largest number of elements or characters one value may have.
  public let largestValue: Int

  public init(steps: Int = defaultSteps, largestValue: Int = defaultElements) {
    (limit, self.largestValue) = (steps, largestValue)
    remaining = Atomic(steps)
  }

  public func spend(_ steps: Int = 1) throws(Fault) {
    if remaining.subtract(steps, ordering: .relaxed).newValue < 0 {
      throw Fault(
        .limit, "this takes more than \(limit) steps",
        remedy: "limits(steps=\(limit.multipliedReportingOverflow(by: 10).partialValue))")
    }
  }

  public func allow(size: Int) throws(Fault) {
    if size > largestValue {
      throw Fault(
        .limit, "a value of \(size) elements is too large here", wanted: "at most \(largestValue)",
        remedy: size <= Self.largestSensible ? "limits(elements=\(size))" : nil)
    }
  }
}
