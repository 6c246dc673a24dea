/// A confusion matrix in characters: shares of each true class, in per cent.
struct MatrixText {
  let text: String

  init(_ title: String, _ matrix: ClassMatrix) {
    let head = ["truth \\ predicted"] + matrix.classes + ["voxels"]
    let rows = matrix.classes.indices.map { truth in
      [matrix.classes[truth]]
        + matrix.classes.indices.map { PanelScript.percent(matrix.share(truth, $0)) }
        + [String(matrix.counts[truth].reduce(0, +))]
    }
    let table = [head] + rows
    let widths = head.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    let lines = table.map { row in
      row.indices.map { column in
        let blanks = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + blanks : blanks + row[column]
      }.joined(separator: "  ")
    }
    text = ((title.isEmpty ? [] : [title]) + lines).joined(separator: "\n")
  }
}
