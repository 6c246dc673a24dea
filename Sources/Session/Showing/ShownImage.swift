import Components
import Plotting

/// An image and what lies over it, as `show` cuts it into pictures.
struct ShownImage {
  let image: ShownVolume
  let overlays: [(title: String, volume: ShownVolume)]
  let axis: Int
  let window: ClosedRange<Float>?

  /// The image alone, then with each label map.
  ///
  /// - Parameter index: nil takes the slice with the most voxels of the first label map.
  func slice(_ index: Int?) throws(Fault) -> SlicePicture {
    let cut = try SliceCut(image, axis: axis, index: index, label: overlays.first?.volume)
    let grey = try cut.grey(image)
    var panes = [SlicePane("image", image: grey)]
    for (title, volume) in overlays {
      panes.append(SlicePane(title, image: grey, labels: try cut.labels(volume)))
    }
    return SlicePicture(
      "\(name)slice \(cut.index) of axis \(axis)", panes: panes, window: window,
      aspect: cut.aspect)
  }

  /// Several slices with the label map over each; of several maps a row a slice.
  ///
  /// - Parameter slices: their number, or which.
  func mosaic(_ slices: Either<Int, [Int]>) throws(Fault) -> SlicePicture {
    let label = overlays.first?.volume
    let indices =
      switch slices {
      case .first(let count): try SliceCut.spread(count, over: image, axis: axis, label: label)
      case .second(let indices): indices
      }
    var panes: [SlicePane] = []
    var aspect = 1.0
    for index in indices {
      let cut: SliceCut
      do throws(Fault) { cut = try SliceCut(image, axis: axis, index: index, label: label) } catch {
        var fault = error
        if fault.argument == ["slice"] { fault.argument = ["slices"] }
        throw fault
      }
      aspect = cut.aspect
      let grey = try cut.grey(image)
      if overlays.isEmpty { panes.append(SlicePane("\(cut.index)", image: grey)) }
      for (title, volume) in overlays {
        panes.append(
          SlicePane(
            overlays.count == 1 ? "\(cut.index)" : "\(title), \(cut.index)", image: grey,
            labels: try cut.labels(volume)))
      }
    }
    guard !panes.isEmpty else {
      throw Fault(.invalid, "slices is empty", wanted: "a number, or a list", argument: ["slices"])
    }
    return SlicePicture(
      "\(name)slices of axis \(axis)", panes: panes, window: window ?? spreadWindow(of: panes),
      aspect: aspect, columns: overlays.count > 1 ? overlays.count : nil)
  }

  /// The grey values that suit the middle slice; the first may be nothing but air.
  private func spreadWindow(of panes: [SlicePane]) -> ClosedRange<Float> {
    SlicePicture.window(of: panes[panes.count / 2].image)
  }

  private var name: String { image.title == "image" ? "" : "\(image.title), " }
}
