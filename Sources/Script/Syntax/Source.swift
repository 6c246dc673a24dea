import Components
import Synchronization

/// The texts a session has read, so that any span can be shown with its line.
///
/// The lock guards the list; a source never changes once added.
public final class SourceStore: Sendable {
  private let sources = Mutex<[Source]>([])

  public init() {}

  /// - Parameter cells: Where code cells begin, in bytes; see `Source`.
  public func add(name: String, text: String, cells: [Int] = []) -> SourceID {
    sources.withLock {
      $0.append(Source(name: name, text: text, cells: cells))
      return SourceID($0.count - 1)
    }
  }

  public subscript(id: SourceID) -> Source { sources.withLock { $0[id.number] } }

  public func place(_ span: Span) -> Place { self[span.source].place(span) }

  /// Nil where the span begins on another line, which is told without making a place.
  func place(_ span: Span, ifOnLine line: Int) -> Place? {
    let source = self[span.source]
    return source.begins(span, onLine: line) ? source.place(span) : nil
  }
}

/// A named text with its line starts.
public struct Source: Sendable {
  public let name: String
  public let text: String
  private let lineStarts: [Int]
  private let cells: [Int]

  /// - Parameter cells: Where code cells begin, in bytes, when nobody sees the text as a whole: a place
  ///   in one is named after it and counted from its first line.
  public init(name: String, text: String, cells: [Int] = []) {
    (self.name, self.text, self.cells) = (name, text, cells)
    var starts = [0]
    // Views of a string are walked index by index.
    for (offset, byte) in Array(text.utf8).enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    lineStarts = starts
  }

  /// Line and column count from 1, columns in Unicode scalars.
  public func place(_ span: Span) -> Place {
    let bytes = text.utf8
    let start = min(span.start, bytes.count)
    let line = lineIndex(of: start)
    let lineStart = lineStarts[line]
    let lineEnd = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    let column = scalars(lineStart, start).count
    let length = max(1, scalars(start, min(max(span.end, start), lineEnd)).count)
    let lineText = String(Substring(scalars(lineStart, max(lineStart, lineEnd))))
    let cell = cells.lastIndex { $0 <= start }
    return Place(
      source: cell.map { "\(name) cell \($0 + 1)" } ?? name,
      line: line + 1 - (cell.map { lineIndex(of: cells[$0]) } ?? 0), column: column + 1,
      length: length, lineText: lineText)
  }

  func begins(_ span: Span, onLine line: Int) -> Bool {
    guard cells.isEmpty else { return place(span).line == line }
    guard lineStarts.indices.contains(line - 1) else { return false }
    let next = line < lineStarts.count ? lineStarts[line] : .max
    return lineStarts[line - 1] <= span.start && span.start < next
  }

  /// What stands there.
  public func text(_ span: Span) -> String {
    let bytes = text.utf8
    let start = min(span.start, bytes.count)
    let from = bytes.index(bytes.startIndex, offsetBy: start)
    let to = bytes.index(bytes.startIndex, offsetBy: min(max(start, span.end), bytes.count))
    return String(text[from..<to])
  }

  private func lineIndex(of offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  private func scalars(_ start: Int, _ end: Int) -> Substring.UnicodeScalarView {
    let from = text.utf8.index(text.startIndex, offsetBy: start)
    let to = text.utf8.index(text.startIndex, offsetBy: max(start, end))
    return text[from..<to].unicodeScalars
  }
}
