import ArgumentParser
import Notebook
import Session

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a notebook script or a plain one, with nobody at it.",
    discussion: """
      All of it is read before anything runs. A notebook's cells run in its folder, one after the \
      other; with --out or --html their outputs go into these files, also when a cell fails. \
      The parameters are the names that the cell tagged "parameters" assigns, or without one all that \
      the script assigns at its top level. A name it does not assign, or a value of another type, is \
      an error, and nothing is run.
      Status: 0 done, 1 a cell failed, 2 the call or the script is wrong, 124 out of time, 130 \
      interrupted.
      """)

  @Argument(
    help: ArgumentHelp("The script, an .ipynb, or - for standard input.", valueName: "file"))
  var file: String

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("A parameter's value; may be given often.", valueName: "k=v"))
  var parameters: [String] = []

  @Option(help: ArgumentHelp("Write cells and outputs as a Jupyter notebook.", valueName: "ipynb"))
  var out: String?

  @Option(help: ArgumentHelp("Write cells and outputs as one page.", valueName: "html"))
  var html: String?

  @Option(
    name: .customLong("cell"),
    help: ArgumentHelp(
      "Run only these code cells, and those tagged parameters.", valueName: "3..5"))
  var cells: CellRange?

  @Flag(help: "Go on after a cell that failed; the status is 0 then.")
  var allowErrors = false

  @Option(
    help: ArgumentHelp(
      "Stop after so long, as Ctrl-C would, with status 124.", valueName: "seconds"))
  var timeout: Double?

  @Option(help: ArgumentHelp("Work in this folder, not in the notebook's.", valueName: "dir"))
  var cwd: String?

  @OptionGroup var common: CommonArguments

  func validate() throws {
    if let word = parameters.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
      throw ValidationError("--param takes name=value, got '\(word)'")
    }
    if let timeout, !(timeout > 0 && timeout <= 1e9) {
      throw ValidationError("--timeout takes seconds, more than 0")
    }
    if let out, !NotebookFile.isNotebook(out) {
      throw ValidationError("--out takes the name of an .ipynb, got '\(out)'")
    }
    // A page in the place of the notebook would be the end of it.
    if let html, ![".html", ".htm"].contains(where: html.lowercased().hasSuffix) {
      throw ValidationError("--html takes the name of an .html, got '\(html)'")
    }
  }

  var options: NotebookRun {
    NotebookRun(
      file: file, out: out, html: html, folder: cwd, threads: common.threads,
      options: NotebookRunner.Options(
        parameters: parameters, cells: cells?.range, allowsErrors: allowErrors))
  }

  func run() throws {
    let limit = timeout.map { TimeLimit(seconds: $0) }
    do {
      try Front.run(common.color) { front in
        limit?.start(front.signals.cancellation)
        try options.run(front)
      }
    } catch let code as ExitCode {
      guard let limit, limit.isOver, code.rawValue == 130 else { throw code }
      throw ExitCode(ExitStatus.timedOut)
    }
    // A training that is stopped comes back in good order.
    if let limit, limit.isOver { throw ExitCode(ExitStatus.timedOut) }
  }
}

/// `3`, `3..5`, `3..`, `..5`
struct CellRange: ExpressibleByArgument, Equatable {
  let range: ClosedRange<Int>

  init?(argument: String) {
    func number(_ text: Substring, _ other: Int) -> Int? {
      text.isEmpty ? other : Int(text).flatMap { $0 > 0 ? $0 : nil }
    }
    let words = argument.split(separator: "..", omittingEmptySubsequences: false)
    guard 1...2 ~= words.count, words.contains(where: { !$0.isEmpty }),
      let first = number(words[0], 1), let last = number(words[words.count - 1], .max),
      first <= last
    else { return nil }
    range = first...last
  }
}
