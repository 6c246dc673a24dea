import ArgumentParser
import Components
import Glibc
import Session

/// What a command has around it: where output goes, and who asks it to stop.
struct Front {
  let sink: TerminalSink
  let signals: SignalWatch

  /// Runs a command's work; what goes wrong is reported and becomes the exit status.
  ///
  /// - Throws: Only `ExitCode`.
  static func run(_ color: ColorChoice, _ work: (Front) throws -> Void) throws {
    let sink = TerminalSink(terminal: .current(color: color))
    let signals: SignalWatch
    do throws(Fault) {
      signals = try SignalWatch(cancellation: Cancellation())
    } catch {
      sink.write(error.message, to: .note)
      throw ExitCode(ExitStatus.of(error, signal: nil))
    }
    let front = Front(sink: sink, signals: signals)
    do {
      try work(front)
      sink.clearLiveLine()
      // What was interrupted has saved its state and come back in good order.
      if let signal = signals.lastSignal { throw ExitCode(128 + signal) }
    } catch let code as ExitCode {
      sink.clearLiveLine()
      throw code
    } catch {
      throw ExitCode(front.report(error))
    }
  }

  /// Where results are read: the terminal, or a file of 100 columns.
  var display: Display {
    guard sink.terminal.isOutputTerminal else {
      return Display(hasColor: sink.terminal.usesColor)
    }
    var display = Display(
      columns: { Terminal.size(of: STDOUT_FILENO).columns }, hasColor: sink.terminal.usesColor)
    display.isTerminal = !sink.terminal.isDumb
    if sink.terminal.isInputTerminal && !sink.terminal.isDumb {
      let pager = Pager(sink: sink, signals: signals)
      display.page = { pager.show($0) }
    }
    return display
  }

  /// Shows what went wrong and says which status that is.
  func report(_ error: any Error) -> Int32 {
    sink.clearLiveLine()
    if let list = error as? FaultList {
      return list.faults.map(report).max() ?? ExitStatus.of(.init(.state, "no reason"), signal: nil)
    }
    return report(error as? Fault ?? Fault(.state, "\(error)"))
  }

  private func report(_ fault: Fault) -> Int32 {
    let screen = EtudeSession.screen(
      for: fault, width: Terminal.size().columns, hasColor: sink.terminal.usesColor,
      isASCII: !sink.terminal.isUnicode)
    sink.write(screen, to: .note)
    return ExitStatus.of(fault, signal: signals.lastSignal)
  }
}
