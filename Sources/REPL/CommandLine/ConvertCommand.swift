import ArgumentParser
import Notebook

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Turn a Jupyter notebook into a notebook script, or back.",
    discussion: """
      Cells, their ids, tags and other metadata are kept; outputs are not, and what is left out is said.
      """)

  @Argument(help: ArgumentHelp("An .ipynb or an .etude.", valueName: "from"))
  var from: String

  @Argument(help: ArgumentHelp("An .etude or an .ipynb.", valueName: "to"))
  var to: String

  @Flag(help: "Replace a file that is there.")
  var overwrite = false

  @OptionGroup var common: CommonArguments

  func validate() throws {
    let names = [from, to]
    let isPair =
      names.count(where: NotebookFile.isNotebook) == 1
      && names.count(where: { $0.lowercased().hasSuffix(".etude") }) == 1
    if !isPair { throw ValidationError("convert takes an .ipynb and an .etude") }
  }

  func run() throws {
    try Front.run(common.color) { front in
      try NotebookConversion(from: from, to: to, overwrites: overwrite).run(front)
    }
  }
}
