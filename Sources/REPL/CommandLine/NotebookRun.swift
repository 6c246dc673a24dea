import ArgumentParser
import Components
import Glibc
import Notebook
import Session

/// `etude run`: reads all of a script, runs it in its folder, writes what came of it.
struct NotebookRun {
  var file: String
  var out: String?
  var html: String?
  /// Nil takes the notebook's own.
  var folder: String?
  var threads: Int?
  var options: NotebookRunner.Options

  /// - Throws: `ExitCode` after a cell that failed, which was reported.
  func run(_ front: Front) throws {
    let (text, name) = try SourceText.script(file)
    let outputs = out == nil && html == nil ? nil : CellOutputs()
    var settings = NotebookRunner.options(
      threads: threads, cancellation: front.signals.cancellation)
    if outputs == nil { settings.display = front.display }
    let session = EtudeSession(options: settings, output: outputs ?? front.sink)
    let runner: NotebookRunner
    do {
      runner = try NotebookRunner(
        text, name: name, in: session, outputs: outputs, options: options)
    } catch {
      // Whatever it is, nothing has run.
      _ = front.report(error)
      throw ExitCode(2)
    }
    let page = try html.map { _ in try NotebookPage(title: Self.title(of: name)) }
    let (out, html) = (try out.map(Self.absolute), try html.map(Self.absolute))
    try goToFolder(of: name, isNotebook: runner.isNotebook)
    var isReported = false
    do {
      try runner.run(telling: { progress in
        if outputs != nil { front.tell(progress) }
        if case .failed(let step, let error) = progress, runner.isNotebook {
          isReported = true
          front.report(error, in: step)
        }
      }) { notebook in
        if let out { try LocalFile.write(NotebookFile.ipynb(notebook), to: out) }
        if let page, let html { try LocalFile.write(page.html(notebook), to: html) }
      }
    } catch  where isReported {
      let isInterrupt = (error as? Fault)?.kind == .interrupted
      throw ExitCode(isInterrupt ? 128 + (front.signals.lastSignal ?? SIGINT) : 1)
    }
    for path in [self.out, self.html] {
      if let path { front.sink.write("wrote \(path)", to: .note) }
    }
  }

  /// As Jupyter does. A script without cells works where it is called.
  private func goToFolder(of name: String, isNotebook: Bool) throws(Fault) {
    let own = name.lastIndex(of: "/").map { String(name[...$0]) }
    guard let folder = folder ?? (isNotebook ? own : nil) else { return }
    guard chdir(folder) == 0 else {
      throw Fault(
        .file, "cannot work in \(folder.quoted): \(String(cString: strerror(errno)))")
    }
  }

  /// The same file from any folder.
  private static func absolute(_ path: String) throws(Fault) -> String {
    if path.hasPrefix("/") { return path }
    guard let folder = getcwd(nil, 0) else {
      throw Fault(.file, "the present folder is gone: \(String(cString: strerror(errno)))")
    }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  /// The file's name without folder and ending.
  private static func title(of name: String) -> String {
    let file = name.split(separator: "/").last ?? Substring(name)
    return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? String(file)
  }
}

extension Front {
  /// How far a notebook is.
  func tell(_ progress: NotebookRunner.Progress) {
    switch progress {
    case .begins(let step):
      sink.write("\(Self.name(step)) …", to: .progress)
    case .ended(let step, let time):
      sink.write("\(Self.name(step))  \(TimeText.text(time))", to: .note)
    case .failed: sink.clearLiveLine()
    }
  }

  private static func name(_ step: NotebookRunner.Step) -> String {
    let place =
      step.line.map { "line \($0)" } ?? step.cell.map { "cell \($0)" } ?? "parameters"
    return "\(step.number)/\(step.count)  \(place)"
  }

  func report(_ error: any Error, in step: NotebookRunner.Step) {
    let name = step.cell.map { "cell \($0)" } ?? "the cell of parameters"
    sink.write("\(name) (\(step.number) of \(step.count) to run) did not run through", to: .note)
    _ = report(error)
  }
}
