import Components
import Synchronization

/// One output of a cell, as notebooks keep them.
public enum CellOutput: Sendable, Equatable {
  public enum Stream: String, Sendable { case stdout, stderr }

  case stream(Stream, String)
  case display(RichOutput)
  /// Takes the place of the output with the same id.
  case live(id: String, RichOutput)
  /// The value of the cell's last statement.
  case result(RichOutput)
  case error(CellError)
}

/// How a cell ended that did not run through.
public struct CellError: Sendable, Equatable {
  /// `UnknownArgument`; `KeyboardInterrupt` when somebody asked to stop.
  public var name: String
  /// One line.
  public var value: String
  /// The screen with the carets, coloured as for a terminal.
  public var traceback: String

  public init(_ error: any Error, width: Int = 100) {
    let faults: [Fault] =
      switch error {
      case let fault as Fault: [fault]
      case let list as FaultList: list.faults
      default: [Fault(.state, "\(error)")]
      }
    let first = faults.first ?? Fault(.state, "no reason")
    name = first.kind == .interrupted ? "KeyboardInterrupt" : first.kind.rawValue.capitalizedFirst
    value = first.message
    traceback = faults.map {
      EtudeSession.screen(for: $0, width: width, hasColor: true)
    }.joined(separator: "\n")
  }
}

/// Gathers the outputs of one cell after the other, for notebooks and kernels.
///
/// The training log is left out: the live display of a run says the same in one place.
public final class CellOutputs: OutputSink {
  public let forms: Set<RichForm>
  private let gathered = Mutex<[CellOutput]>([])
  private let keeps: Bool
  private let heard: (@Sendable (CellOutput) -> Void)?
  private let cleared: @Sendable () -> Void

  /// - Parameters:
  ///   - keeps: whether outputs are gathered for `take`.
  ///   - cleared: told that what was shown is to be taken away.
  ///   - heard: told of each output as it comes, on the session's thread, streams line by line.
  public init(
    forms: Set<RichForm> = [.text, .html, .svg, .png], keeps: Bool = true,
    cleared: @escaping @Sendable () -> Void = {}, heard: (@Sendable (CellOutput) -> Void)? = nil
  ) {
    (self.forms, self.keeps, self.cleared, self.heard) = (forms, keeps, cleared, heard)
  }

  public func write(_ text: String, to channel: OutputChannel) {
    let line = text.hasSuffix("\n") ? text : text + "\n"
    switch channel {
    case .result, .part: add(.stream(.stdout, line))
    case .note: add(.stream(.stderr, line))
    case .log, .progress: break
    }
  }

  public func show(_ output: RichOutput, as role: OutputRole) {
    switch role {
    case .value: add(.result(output))
    case .display: add(.display(output))
    case .live(let id): add(.live(id: id, output))
    }
  }

  public func clear() {
    gathered.withLock { $0 = [] }
    cleared()
  }

  /// Ends the cell with what went wrong.
  public func fail(_ error: any Error) { add(.error(CellError(error))) }

  /// The outputs since the last time: neighbouring lines of a stream as one, of a live output the last
  /// state where the first one stood.
  public func take() -> [CellOutput] {
    gathered.withLock { outputs in
      defer { outputs = [] }
      return outputs
    }
  }

  private func add(_ output: CellOutput) {
    if keeps { gather(output) }
    heard?(output)
  }

  private func gather(_ output: CellOutput) {
    gathered.withLock { outputs in
      switch (output, outputs.last) {
      case (.stream(let stream, let text), .stream(let last, let before)?) where stream == last:
        outputs[outputs.count - 1] = .stream(stream, before + text)
      case (.live(let id, _), _):
        let place = outputs.firstIndex { if case .live(id, _) = $0 { true } else { false } }
        if let place { outputs[place] = output } else { outputs.append(output) }
      default: outputs.append(output)
      }
    }
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
