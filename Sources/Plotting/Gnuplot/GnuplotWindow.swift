import Components
import Synchronization

/// A gnuplot that stays, with a window in which one picture takes the place of another. The window
/// stays open when the program ends.
public final class GnuplotWindow: Sendable {
  public static let size = (width: 900, height: 520)
  /// Seconds until a picture must be there.
  private static let patience = 10.0

  private let gnuplot: Gnuplot
  private let terminal: String
  private let running = Mutex<SpawnedProcess?>(nil)

  /// - Parameter terminal: one of gnuplot's that open windows.
  public init(_ gnuplot: Gnuplot, terminal: String) {
    (self.gnuplot, self.terminal) = (gnuplot, terminal)
  }

  deinit { close() }

  /// Draws; starts gnuplot when there is none yet, or it has ended.
  ///
  /// - Throws: `Fault` when gnuplot cannot be started, fails, ends or hangs.
  public func draw(_ picture: some Picture, theme: Theme? = nil) throws(Fault) {
    let format = PictureFormat.screen(
      terminal, width: max(picture.size.width, Self.size.width),
      height: max(picture.size.height, Self.size.height))
    let script = try picture.script(for: format, theme) + Gnuplot.report
    try running.withLock { process throws(Fault) in try ask(&process, script) }
  }

  private func ask(_ process: inout SpawnedProcess?, _ script: [UInt8]) throws(Fault) {
    var current: SpawnedProcess
    if let process {
      current = process
    } else {
      current = try SpawnedProcess(gnuplot.executable, ["-persist"])
    }
    process = nil
    do throws(Fault) {
      let answer = try current.ask(script, timeout: Self.patience, until: Gnuplot.isReported)
      if current.isOver {
        throw Fault(.data, "gnuplot has ended", got: Gnuplot.complaint(in: answer.errors))
      }
      process = current
      try Gnuplot.check(answer.errors)
    } catch {
      // One that answered with an error is still there.
      if process == nil { current.end(isStopped: true) }
      throw error
    }
  }

  /// Ends gnuplot; what it has drawn stays.
  public func close() {
    running.withLock { process in
      process?.end(isStopped: false)
      process = nil
    }
  }
}
