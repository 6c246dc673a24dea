import Components
import Script

/// A cell cut into code and lines that are not of the language.
struct CellPieces {
  enum Piece: Equatable {
    /// Bytes of the source.
    case code(Range<Int>)
    case magic(MagicLine, Range<Int>)
    /// `%%name` and everything below it.
    case cellMagic(MagicLine, Range<Int>, body: Range<Int>)

    /// Of what is not code its first line.
    var range: Range<Int> {
      switch self {
      case .code(let range), .magic(_, let range), .cellMagic(_, let range, _): range
      }
    }
  }

  private(set) var pieces: [Piece] = []

  /// A line that could be a magic belongs to the code when that has a bracket or a string open before
  /// it.
  init(
    _ source: SourceID, in sources: SourceStore, range: Range<Int>? = nil, _ names: ComponentNames
  ) {
    let bytes = Array(sources[source].text.utf8)
    let range = range ?? 0..<bytes.count
    var codeStart = range.lowerBound
    var position = range.lowerBound
    func closeCode(at end: Int, _ pieces: inout [Piece]) {
      if bytes[codeStart..<end].contains(where: { $0 > 0x20 }) {
        pieces.append(.code(codeStart..<end))
      }
    }
    while position < range.upperBound {
      let end = bytes[position..<range.upperBound].firstIndex(of: 0x0A) ?? range.upperBound
      let line = String(decoding: bytes[position..<end], as: UTF8.self)
      if let magic = MagicLine(line), !Self.isOpen(bytes[codeStart..<position], names) {
        if case .cell = magic.form, pieces.isEmpty,
          !bytes[codeStart..<position].contains(where: { $0 > 0x20 })
        {
          pieces = [
            .cellMagic(
              magic, position..<end, body: min(end + 1, range.upperBound)..<range.upperBound)
          ]
          return
        }
        closeCode(at: position, &pieces)
        pieces.append(.magic(magic, position..<end))
        codeStart = min(end + 1, range.upperBound)
      }
      position = end + 1
    }
    closeCode(at: range.upperBound, &pieces)
  }

  private static func isOpen(_ code: ArraySlice<UInt8>, _ names: ComponentNames) -> Bool {
    guard code.contains(where: { $0 > 0x20 }) else { return false }
    let sources = SourceStore()
    let source = sources.add(name: "", text: String(decoding: code, as: UTF8.self))
    guard case .incomplete(let incomplete) = Parser.input(source, in: sources, names: names) else {
      return false
    }
    if case .block = incomplete.opening { return false }
    return true
  }
}
