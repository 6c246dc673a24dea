import Components
import Engine
import Plotting
import Script

/// `show`: slices of images with label maps over them.
extension EtudeSession {
  var showAction: Builtin {
    Builtin(
      "show",
      "Draws slices of an image with label maps over them; file= makes .svg, .png or .pdf.",
      effect: .action, BuiltinParameter<Value>("x"),
      BuiltinParameter<Value?>("overlay", default: nil),
      BuiltinParameter<Int?>("slice", default: nil), BuiltinParameter("axis", default: 2),
      BuiltinParameter<[Double]?>("window", default: nil),
      BuiltinParameter<Either<Int, [Int]>?>("slices", default: nil),
      BuiltinParameter<PathArgument?>("file", default: nil),
      BuiltinParameter<Theme?>("theme", default: nil)
    ) { [self] _, image, overlay, index, axis, window, slices, file, theme in
      let image = try ShownImage(
        image: ShownVolume(image, key: "image"), overlays: overlays(overlay, on: image),
        axis: axis, window: window.map(Self.greys))
      if let slices {
        if index != nil {
          throw Fault(.invalid, "slice is one, slices are several", argument: ["slices"])
        }
        try put(mosaic: image.mosaic(slices), into: file?.path, theme)
      } else {
        try put(image.slice(index), into: file?.path, theme)
      }
      return .none
    }
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
