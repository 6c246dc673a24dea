import Components
import Session

/// A notebook as Jupyter keeps it (ipynb 4.5): cells, and for each what came of running it.
public struct Notebook: Sendable, Equatable {
  public enum Kind: String, Sendable { case code, markdown, raw }

  public struct Cell: Sendable, Equatable {
    public var kind: Kind
    /// 1 to 64 letters, digits, `-` and `_`; no two cells share one.
    public var id: String
    /// Without a line end after the last line.
    public var source: String
    public var metadata: ValueDictionary
    /// Pictures that were pasted into a text, by name.
    public var attachments: ValueDictionary = [:]
    /// `[n]` beside a code cell that was run.
    public var executionCount: Int?
    public var outputs: [CellOutput]

    public init(
      _ kind: Kind, id: String, source: String, metadata: ValueDictionary = [:],
      executionCount: Int? = nil, outputs: [CellOutput] = []
    ) {
      (self.kind, self.id, self.source, self.metadata) = (kind, id, source, metadata)
      (self.executionCount, self.outputs) = (executionCount, outputs)
    }
  }

  public var cells: [Cell]
  /// What is known beside the language, as the notebook's title.
  public var metadata: ValueDictionary = [:]

  public init(cells: [Cell]) { self.cells = cells }
}
