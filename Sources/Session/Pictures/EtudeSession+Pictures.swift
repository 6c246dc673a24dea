import Components
import Plotting
import Script

extension Theme: ChoiceArgument {}

/// Where pictures go.
extension EtudeSession {
  /// Brings a picture into a file, or to where results are read.
  func put(_ picture: some Picture, into file: String?, _ theme: Theme? = nil) throws(Fault) {
    if let file {
      try picture.write(to: file, theme: theme, with: try Gnuplot.find())
      return note("drew \(file)")
    }
    if output.showsPictures { return output.show(try rich(picture, theme), as: .display) }
    switch try screen() {
    case .characters: output.write(try text(of: picture), to: .result)
    case .inline(let terminal):
      let format = PictureFormat.screen(
        terminal, width: picture.size.width, height: picture.size.height)
      let bytes = try picture.render(as: format, theme: theme, with: try Gnuplot.find())
      output.write(String(decoding: bytes, as: UTF8.self), to: .result)
    case .window(let terminal):
      do throws(Fault) { try window(terminal).draw(picture, theme: theme) } catch {
        // A display may be named that cannot be reached; what cannot be drawn fails again here.
        output.write(try text(of: picture), to: .result)
        noteOnce(
          "no window of \(terminal): \(error.got ?? error.message); GNUTERM=dumb asks for none")
      }
    }
  }

  /// Where HTML is read, slices get a slider too.
  func put(mosaic: SlicePicture, into file: String?, _ theme: Theme?) throws {
    guard file == nil, output.showsPictures, output.forms.contains(.html) else {
      return try put(mosaic, into: file, theme)
    }
    var rich = try rich(mosaic, theme)
    rich.html = try SliceSlider(picture: mosaic).html
    output.show(rich, as: .display)
  }

  /// The picture in the forms that are of use here. Slices are pixels, which SVG would only wrap; around
  /// them it is dark, as where images are read, for pixels cannot follow the page.
  func rich(_ picture: some Picture, _ theme: Theme?) throws(Fault) -> RichOutput {
    var rich = RichOutput(try text(of: picture))
    guard output.showsPictures else { return rich }
    let gnuplot = try Gnuplot.find()
    if output.forms.contains(.svg), picture is Chart || !output.forms.contains(.png) {
      rich.svg = String(decoding: try picture.svg(theme: theme, with: gnuplot), as: UTF8.self)
    } else {
      rich.png = try picture.png(
        theme: theme ?? (picture is Chart ? nil : .dark), with: gnuplot)
    }
    return rich
  }

  /// The picture in characters, as wide as where it is read, within reason.
  func text(of picture: some Picture) throws(Fault) -> String {
    try picture.text(
      columns: min(display.columns() - 1, ValueScreen.width), colored: display.hasColor,
      with: try Gnuplot.find())
  }

  /// A screen only where somebody sits before a terminal. A gnuplot that is missing is told by what
  /// needs one.
  func screen() throws(Fault) -> Screen {
    guard display.isTerminal else { return .characters }
    return try Screen { () throws(Fault) in try Gnuplot.find().description().terminals }
  }
}

extension OutputSink {
  var showsPictures: Bool { !forms.isDisjoint(with: [.svg, .png]) }
}
