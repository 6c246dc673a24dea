import Components
import Script

/// Somebody who looks at a session, perhaps from another thread: reads its view, its sources and the
/// catalogue, never the session itself, and so is answered while a cell is at work.
public struct Onlooker: Sendable {
  let view: SessionView
  let catalog: Catalog
  let actions: [Builtin]
  let names: ComponentNames
  let sources: SourceStore
  var display: Display
  var output: any OutputSink
  /// The entries that were run, the oldest first.
  var inputs: [String]
}

extension EtudeSession {
  /// Any thread may ask, at any time.
  ///
  /// - Parameters:
  ///   - output: where answers go.
  ///   - page: shows a long answer; nil writes it as any other.
  public func onlooker(
    output: any OutputSink, page: (@Sendable (String) -> Void)? = nil
  ) -> Onlooker {
    var display = display
    display.page = page
    let view = view
    return Onlooker(
      view: view, catalog: catalog, actions: actions, names: names, sources: sources,
      display: display, output: output, inputs: view.inputs)
  }

  /// One who asks and writes nothing.
  func onlooker() -> Onlooker { onlooker(output: output, page: display.page) }
}

extension EtudeSession {
  /// Whether a cell does nothing but look, so that an onlooker can run it.
  public func onlyLooks(_ text: String) -> Bool {
    let sources = SourceStore()
    let pieces = CellPieces(sources.add(name: "", text: text), in: sources, names).pieces
    return !pieces.isEmpty
      && pieces.allSatisfy { piece in
        guard case .magic(let line, _) = piece else { return false }
        if case .question = line.form { return true }
        if case .looks? = line.magic?.body { return true }
        return false
      }
  }
}

extension MagicLine {
  /// The command of a line; nil for a question, a cell, or a name that is none.
  fileprivate var magic: Magic? {
    if case .line(let name) = form { Magic.named(name) } else { nil }
  }
}

extension Onlooker {
  /// What could stand at a cursor, `cursor` in Unicode scalars.
  public func completions(_ text: String, at cursor: Int) -> Completions {
    Completer(view: view, catalog: catalog, actions: actions).completions(text, cursor: cursor)
  }

  /// What the name at a cursor means, or else the function whose call the cursor is in; nil when there is
  /// neither. `cursor` is in Unicode scalars.
  ///
  /// - Parameter isDouble: The declaration as JSON.
  public func inspection(_ text: String, at cursor: Int, isDouble: Bool) -> RichOutput? {
    let scalars = Array(text.unicodeScalars)
    let cursor = min(max(cursor, 0), scalars.count)
    let before = scalars[..<cursor].reversed().prefix(while: Self.isOfName).count
    let after = scalars[cursor...].prefix(while: Self.isOfName).count
    let name = String(String.UnicodeScalarView(scalars[(cursor - before)..<(cursor + after)]))
    let offset = String(String.UnicodeScalarView(scalars[..<cursor])).utf8.count
    let callee = CursorContext(text, cursor: offset).call?.callee.dottedName
    for name in [name, callee ?? ""] where name.contains(where: \.isLetter) {
      do throws(Fault) { return RichOutput(try help(name, isDouble: isDouble)) } catch { continue }
    }
    return nil
  }

  private static func isOfName(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    return properties.isAlphabetic || properties.numericType != nil
      || "_.%".unicodeScalars.contains(scalar)
  }

  /// Runs a cell that does nothing but look: lines that begin with `?`, `%who` and their kind.
  public func look(_ text: String, name: String) throws {
    let sources = SourceStore()
    let source = sources.add(name: name, text: text)
    for piece in CellPieces(source, in: sources, names).pieces {
      guard case .magic(let line, let range) = piece else { continue }
      let text = MagicText(line, source, range, in: sources)
      if case .question(let isDouble) = line.form {
        try answer(line.rest, isDouble: isDouble, at: text.place)
      } else if case .looks(let look)? = line.magic?.body {
        try look(self, text)
      }
    }
  }

  /// `?name`, and with `isDouble` `??name`.
  func answer(_ name: String, isDouble: Bool, at place: Place) throws(Fault) {
    let text: String
    do throws(Fault) { text = try help(name, isDouble: isDouble) } catch { throw error.at(place) }
    if let page = display.page { page(text) } else { output.write(text, to: .result) }
  }
}
