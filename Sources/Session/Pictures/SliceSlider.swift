import Components
import Engine
import Plotting
import Script

/// Slices of a volume on a page: a slider moves through them, and where no script runs all of them are
/// seen at once. One picture holds them all, so nothing is loaded.
struct SliceSlider {
  /// Width of one frame on the page, at most, in pixels.
  private static let frameWidth = 420

  let picture: SlicePicture

  var html: String {
    get throws {
      let sheet = try SliceSheet(picture)
      let png = Base64.text(of: try Self.png(sheet))
      let rows = (sheet.names.count + sheet.columns - 1) / sheet.columns
      let whole = sheet.shape * Double(sheet.columns) / Double(rows)
      let names = sheet.names.map { $0.contains(" · ") ? $0 : "slice \($0)" }
      let list = "[\(names.map(\.jsonQuoted).joined(separator: ","))]"
      return """
        <figure class="etude-slices" style="margin:0" data-columns="\(sheet.columns)" \
        data-frame="\(Self.short(sheet.shape))" data-width="\(Self.frameWidth)" \
        data-names="\(StyledHTML.escaped(list))">
        <figcaption>\(StyledHTML.escaped(picture.title))</figcaption>
        <div><img alt="\(StyledHTML.escaped(names.joined(separator: ", ")))" \
        src="data:image/png;base64,\(png)" \
        style="width:100%;max-width:720px;aspect-ratio:\(Self.short(whole));image-rendering:pixelated"></div>
        <script>\(Self.script)</script>
        </figure>
        """
    }
  }

  private static func short(_ number: Double) -> String { PythonNumber.text(of: number, digits: 4) }

  /// The writer of PNG takes columns first.
  private static func png(_ sheet: SliceSheet) throws -> [UInt8] {
    var columns: [UInt8] = []
    columns.reserveCapacity(sheet.colors.count)
    for x in 0..<sheet.width {
      for y in 0..<sheet.height {
        let start = 3 * (y * sheet.width + x)
        columns += sheet.colors[start..<start + 3]
      }
    }
    return try PNG.bytes(of: Tensor(columns, shape: [sheet.width, sheet.height, 3]))
  }

  /// Makes a slider of every such figure that has none yet: shows one frame and moves the sheet behind it.
  private static let script = """
    document.querySelectorAll("figure.etude-slices:not([data-on])").forEach(function (figure) {
      figure.dataset.on = "1";
      var box = figure.querySelector("div"), sheet = box.firstElementChild;
      var names = JSON.parse(figure.dataset.names), columns = +figure.dataset.columns;
      var rows = Math.ceil(names.length / columns);
      var slider = document.createElement("input"), name = document.createElement("output");
      box.style.cssText = "position:relative;overflow:hidden;width:100%;max-width:" +
        figure.dataset.width + "px;aspect-ratio:" + figure.dataset.frame;
      sheet.style.cssText = "position:absolute;max-width:none;image-rendering:pixelated;width:" +
        100 * columns + "%;height:" + 100 * rows + "%";
      slider.type = "range"; slider.min = 0; slider.max = names.length - 1;
      slider.value = names.length >> 1; slider.style.verticalAlign = "middle";
      slider.setAttribute("aria-label", "slice");
      function show() {
        sheet.style.left = -100 * (slider.value % columns) + "%";
        sheet.style.top = -100 * Math.floor(slider.value / columns) + "%";
        name.textContent = " " + names[slider.value];
      }
      slider.oninput = show;
      figure.append(slider, name);
      show();
    });
    """
}
