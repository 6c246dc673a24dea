import Components
import Script
import Session

/// Writes a notebook as nbformat 4.5 has it. The same notebook always gives the same bytes.
enum NotebookWriter {
  static func text(of notebook: Notebook) -> String {
    let file: ValueDictionary = [
      "cells": .list(notebook.cells.map { .dict(cell($0)) }),
      "metadata": .dict(metadata(of: notebook)), "nbformat": .int(4), "nbformat_minor": .int(5),
    ]
    let span = Span(SourceStore().add(name: "", text: ""), 0, 0)
    // Metadata came from JSON, and all else is text and numbers.
    guard let json = JSONValue(.dict(file), span: span) else {
      preconditionFailure("a notebook holds something that JSON cannot say")
    }
    return JSONWriter.file(json)
  }

  private static func metadata(of notebook: Notebook) -> ValueDictionary {
    var all = metadata
    for (key, value) in notebook.metadata { all[key] = value }
    return all
  }

  /// The kernel that runs it, by the names under which it is installed.
  private static let metadata: ValueDictionary = [
    "kernelspec": .dict([
      "display_name": .string("Étude"), "language": .string(NotebookFile.language),
      "name": .string(NotebookFile.language),
    ]),
    "language_info": .dict([
      "file_extension": .string(".etude"), "mimetype": .string("text/x-etude"),
      "name": .string(NotebookFile.language), "pygments_lexer": .string(NotebookFile.language),
    ]),
  ]

  private static func cell(_ cell: Notebook.Cell) -> ValueDictionary {
    var entries: ValueDictionary = [
      "cell_type": .string(cell.kind.rawValue), "id": .string(cell.id),
      "metadata": .dict(cell.metadata), "source": lines(cell.source),
    ]
    if !cell.attachments.isEmpty { entries["attachments"] = .dict(cell.attachments) }
    if cell.kind == .code {
      entries["execution_count"] = cell.executionCount.map { .int($0) } ?? Value.none
      entries["outputs"] = .list(
        cell.outputs.map { .dict(output($0, count: cell.executionCount)) })
    }
    return entries
  }

  private static func output(_ output: CellOutput, count: Int?) -> ValueDictionary {
    switch output {
    case .stream(let stream, let text):
      ["output_type": .string("stream"), "name": .string(stream.rawValue), "text": lines(text)]
    case .display(let shown), .live(_, let shown):
      [
        "output_type": .string("display_data"), "data": .dict(bundle(shown)),
        "metadata": .dict([:]),
      ]
    case .result(let shown):
      [
        "output_type": .string("execute_result"), "data": .dict(bundle(shown)),
        "execution_count": count.map { .int($0) } ?? Value.none, "metadata": .dict([:]),
      ]
    case .error(let error):
      [
        "output_type": .string("error"), "ename": .string(error.name),
        "evalue": .string(error.value),
        "traceback": .list(
          error.traceback.split(separator: "\n", omittingEmptySubsequences: false)
            .map { .string(String($0)) }),
      ]
    }
  }

  private static func bundle(_ output: RichOutput) -> ValueDictionary {
    ValueDictionary(
      output.mimeBundle.map { key, value in
        if case .string(let text) = value, key != "image/png" {
          (key, lines(text))
        } else {
          (key, value)
        }
      })
  }

  /// A text as a list of lines, each with its end, which is what differs well.
  private static func lines(_ text: String) -> Value {
    var lines: [Value] = []
    var rest = text[...]
    while let end = rest.firstIndex(of: "\n") {
      lines.append(.string(String(rest[...end])))
      rest = rest[rest.index(after: end)...]
    }
    if !rest.isEmpty { lines.append(.string(String(rest))) }
    return .list(lines)
  }
}
