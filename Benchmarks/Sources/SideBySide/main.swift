import Foundation

// The table of docs/performance.md: our workloads and, with --peer-python, PyTorch and MONAI's, in turns.
//
//   SideBySide --etude ETUDE --workloads WORKLOADS [--peer-python PYTHON] [--data DIR] [--small DIR]
//       [--rounds 3] [--only NAME,NAME] [--json FILE] [--plot FILE.svg]
//   SideBySide growth --etude ETUDE --workloads WORKLOADS    how cost grows with size
//
// A table in Markdown comes out; progress goes to stderr. Run it on a quiet machine: `busy` is the share
// of the machine that other processes used, and figures with more than 6 % of it are marked.
do {
  let words = CommandLine.arguments.dropFirst()
  let isGrowth = words.first == "growth"
  let settings = try Settings(Array(isGrowth ? words.dropFirst() : words))
  if isGrowth {
    print(try Growth(settings).markdown(), terminator: "")
    exit(0)
  }
  let limits = try Limits(etude: settings.etude)
  let rows = Rows(settings, limits).all.filter { settings.takes($0.name) }
  var results: [Result] = []
  for row in rows {
    results.append(try Comparison(row, settings).run())
    if let file = settings.json {
      try Table(results, limits).json.write(toFile: file, atomically: true, encoding: .utf8)
    }
  }
  let table = Table(results, limits)
  print(table.markdown, terminator: "")
  if let file = settings.plot { try RatioPicture(table).write(to: file) }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
