import Components
import Engine
import Plotting
import Script

/// `show`: slices of images with label maps over them.
extension EtudeSession {
  var showAction: Builtin {
    Builtin(
      "show",
      "Draws a slice of an image with label maps over it; as text, or into a .png or .svg file.",
      effect: .action, BuiltinParameter<Value>("x"),
      BuiltinParameter<Value?>("overlay", default: nil),
      BuiltinParameter<Int?>("slice", default: nil), BuiltinParameter("axis", default: 2),
      BuiltinParameter<[Double]?>("window", default: nil),
      BuiltinParameter<PathArgument?>("file", default: nil)
    ) { [self] _, image, overlay, index, axis, window, file in
      let picture = try picture(of: image, overlay, axis, index, window)
      guard let file = file?.path else {
        output.write(picture.text(), to: .result)
        return .none
      }
      try picture.write(to: file, with: try Gnuplot.find())
      note("drew \(file)")
      return .none
    }
  }

  private func picture(
    of value: Value, _ overlay: Value?, _ axis: Int, _ index: Int?, _ window: [Double]?
  ) throws -> SlicePicture {
    let image = try ShownVolume(value, key: "image")
    let overlays = try overlays(overlay, on: value)
    let cut = try SliceCut(image, axis: axis, index: index, label: overlays.first?.volume)
    let grey = try cut.grey(image)
    let panes = try overlays.map { overlay in
      SlicePane(overlay.title, image: grey, labels: try cut.labels(overlay.volume))
    }
    let title = image.title == "image" ? "" : "\(image.title), "
    return SlicePicture(
      "\(title)slice \(cut.index) of axis \(axis)",
      panes: [SlicePane("image", image: grey)] + panes, window: try window.map(Self.greys),
      aspect: cut.aspect)
  }

  /// One label map, a list of them, or a dict that names them; without any, the sample's own.
  private func overlays(
    _ overlay: Value?, on value: Value
  ) throws -> [(title: String, volume: ShownVolume)] {
    switch overlay {
    case nil, Value.none?:
      return try ShownVolume.label(of: value).map { [("label", $0)] } ?? []
    case .dict(let named)?:
      return try named.map { ($0.key, try ShownVolume($0.value, key: "label")) }
    case .list(let several)?, .tuple(let several)?:
      return try several.map { value in
        let volume = try ShownVolume(value, key: "label")
        return (volume.title, volume)
      }
    case let one?:
      let volume = try ShownVolume(one, key: "label")
      return [(volume.title, volume)]
    }
  }

  private static func greys(_ bounds: [Double]) throws(Fault) -> ClosedRange<Float> {
    guard bounds.count == 2, bounds[0] < bounds[1] else {
      throw Fault(
        .invalid, "window is the grey values of black and white", got: "\(bounds)",
        wanted: "two numbers, the smaller first", remedy: "window=[-160, 240]", argument: ["window"]
      )
    }
    return Float(bounds[0])...Float(bounds[1])
  }
}
