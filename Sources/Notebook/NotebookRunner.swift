import Components
import Script
import Session

/// Runs a notebook without anybody at it, cell by cell.
public final class NotebookRunner {
  /// What is asked of a run.
  public struct Options: Sendable {
    /// `name=value` words.
    public var parameters: [String] = []
    /// The code cells to run, counted from 1; those tagged `parameters` run in any case.
    public var cells: ClosedRange<Int>?
    /// A cell that fails does not keep the next from running.
    public var allowsErrors = false

    public init(
      parameters: [String] = [], cells: ClosedRange<Int>? = nil, allowsErrors: Bool = false
    ) {
      (self.parameters, self.cells, self.allowsErrors) = (parameters, cells, allowsErrors)
    }
  }

  /// Where a run stands, for whoever waits for it.
  public enum Progress {
    case begins(Step)
    case ended(Step, after: Duration)
    case failed(Step, any Error)
  }

  public struct Step: Sendable {
    /// Its number among the notebook's code cells, from 1; nil for the cell that sets parameters.
    public var cell: Int?
    /// Of the cells that run, from 1.
    public var number: Int
    public var count: Int
    /// Where it begins in the script; nil for an ipynb, which has no lines to count.
    public var line: Int?
  }

  /// What a session for notebooks looks like: nothing in its outputs tells when and how fast it ran.
  public static func options(
    threads: Int?, cancellation: Cancellation
  ) -> SessionOptions {
    var display = Display()
    (display.showsEveryValue, display.isRepeatable) = (false, true)
    return SessionOptions(threads: threads, cancellation: cancellation, display: display)
  }

  private let session: EtudeSession
  private let outputs: CellOutputs?
  private let options: Options
  private let hasLines: Bool
  /// What runs: the cell, where it stands in the notebook, and its number.
  private var work: [(cell: PreparedCell, place: Int, number: Int?)] = []
  /// With the outputs so far.
  public private(set) var notebook: Notebook
  /// Divided into cells; else it is a plain script.
  public let isNotebook: Bool

  /// Reads all of the notebook; nothing runs before `run`.
  ///
  /// - Parameter outputs: the session's sink; nil where outputs go to a terminal.
  /// - Throws: the first syntax fault, and what is wrong with the parameters or the cells asked for.
  public init(
    _ text: String, name: String, in session: EtudeSession, outputs: CellOutputs?, options: Options
  ) throws {
    (self.session, self.outputs, self.options) = (session, outputs, options)
    let cells: [PreparedCell]
    hasLines = !NotebookFile.isNotebook(name)
    if hasLines {
      notebook = Notebook(script: text)
      isNotebook = NotebookScript(text).isNotebook
      cells = try session.prepare(script: text, name: name, parameters: options.parameters)
    } else {
      notebook = try NotebookFile.read(ipynb: text, name: name).0
      isNotebook = true
      cells = try session.prepare(
        cells: notebook.scriptCells, name: name, parameters: options.parameters)
    }
    let number = take(cells)
    CellIdentity.complete(&notebook)
    if let wanted = options.cells {
      guard wanted.lowerBound <= number else {
        throw Fault(
          .usage, "the notebook has \(number) code cells", got: "--cell \(wanted.lowerBound)",
          wanted: "1 to \(number)")
      }
      work = work.filter { cell, _, number in
        cell.setsParameters || number.map(wanted.contains) ?? true
      }
    }
  }

  /// Has the notebook hold the cells that are to run, with the values they were given.
  ///
  /// - Returns: How many code cells it had.
  private func take(_ prepared: [PreparedCell]) -> Int {
    var (cells, number, rest) = ([Notebook.Cell](), 0, prepared[...])
    for (index, var cell) in notebook.cells.enumerated() {
      if cell.kind == .code {
        number += 1
        // The values of an earlier run make room for those of this one.
        guard let own = rest.first, own.index == index else { continue }
        cell.source = Notebook.Cell.withoutLastLineEnds(own.text)
        work.append((rest.removeFirst(), cells.count, number))
      }
      cells.append(cell)
      while let injected = rest.first, injected.index == nil {
        work.append((rest.removeFirst(), cells.count, nil))
        cells.append(
          Notebook.Cell(
            .code, id: "", source: Notebook.Cell.withoutLastLineEnds(injected.text),
            metadata: ["tags": .list([.string("injected-parameters")])]))
      }
    }
    notebook.cells = cells
    return number
  }

  /// Runs the cells in order.
  ///
  /// - Parameter save: called before the first cell and after each, with the outputs so far.
  /// - Throws: what a cell failed with. Unless errors are allowed nothing runs after it; an interrupt
  ///   always ends the run.
  public func run(
    telling tell: (Progress) -> Void = { _ in }, save: (Notebook) throws -> Void = { _ in }
  ) throws {
    try save(notebook)
    for (index, (cell, place, number)) in work.enumerated() {
      let step = Step(
        cell: number, number: index + 1, count: work.count, line: hasLines ? cell.line : nil)
      tell(.begins(step))
      let start = ContinuousClock.now
      var failure: (any Error)?
      do { try session.run(cell) } catch {
        outputs?.fail(error)
        failure = error
      }
      notebook.cells[place].outputs = outputs?.take() ?? []
      notebook.cells[place].executionCount = index + 1
      try save(notebook)
      if let failure {
        tell(.failed(step, failure))
        let isInterrupt = (failure as? Fault)?.kind == .interrupted
        if isInterrupt || !options.allowsErrors { throw failure }
      } else {
        tell(.ended(step, after: .now - start))
      }
    }
  }
}
