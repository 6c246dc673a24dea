import Components
import Engine
import Plotting

/// Where a volume is cut, and how the cut lies on the page: the patient's right, front and head come
/// first, from the left and from the top, as radiologists look at them.
struct SliceCut {
  let axis: Int
  let index: Int
  private let shape: [Int]
  private let affine: Affine

  /// - Parameters:
  ///   - index: Nil takes the slice with the most voxels of the label, or the middle one.
  init(_ volume: ShownVolume, axis: Int, index: Int?, label: ShownVolume?) throws(Fault) {
    guard 0..<3 ~= axis else {
      throw Fault(
        .outOfRange, "a volume has the axes 0, 1 and 2", got: "\(axis)", argument: ["axis"])
    }
    (self.axis, shape, affine) = (axis, volume.shape, volume.affine)
    let count = volume.shape[axis]
    guard let index else {
      self.index = label.flatMap { Self.fullest($0, axis) } ?? count / 2
      return
    }
    let place = index < 0 ? index + count : index
    guard 0..<count ~= place else {
      throw Fault(
        .outOfRange, "there is no slice \(index) along axis \(axis)", got: "\(index)",
        wanted: "0 to \(count - 1)", argument: ["slice"])
    }
    self.index = place
  }

  /// So many slices at equal distances over the part of the axis where the label is, or over all of it.
  static func spread(
    _ count: Int, over volume: ShownVolume, axis: Int, label: ShownVolume?
  ) throws(Fault) -> [Int] {
    guard count >= 1 else {
      throw Fault(
        .outOfRange, "a mosaic has at least one slice", got: "\(count)", argument: ["slices"])
    }
    let cut = try SliceCut(volume, axis: axis, index: nil, label: label)
    let length = volume.shape[cut.axis]
    let range = label.flatMap { extent($0, axis) } ?? 0...length - 1
    guard count > 1, count < range.count else {
      return count == 1 ? [cut.index] : Array(range)
    }
    return (0..<count).map { range.lowerBound + $0 * (range.count - 1) / (count - 1) }
  }

  /// Height of a pixel as a multiple of its width.
  var aspect: Double {
    let (width, height) = (spacing(columns), spacing(rows))
    return width > 0 && height > 0 ? height / width : 1
  }

  /// Grey values of the cut; of several channels the first.
  func grey(_ volume: ShownVolume) throws(Fault) -> GreySlice {
    let values = volume.tensor.withElements(of: Float.self) { elements in
      places.map { elements[$0] }
    }
    return try GreySlice(width: shape[columns], height: shape[rows], values: values)
  }

  /// Classes of the cut: the rounded values of one channel, the strongest of several.
  func labels(_ volume: ShownVolume) throws(Fault) -> [UInt8] {
    guard volume.shape == shape else {
      throw Fault(
        .shape, "\(volume.title) does not lie on the image", got: "\(volume.shape)",
        wanted: "\(shape)")
    }
    let channels = volume.tensor.shape[0]
    let size = shape.reduce(1, *)
    return volume.tensor.withElements(of: Float.self) { elements in
      places.map { place in
        if channels == 1 { return Self.label(elements[place]) }
        let strongest = (0..<channels).max {
          elements[$0 * size + place] < elements[$1 * size + place]
        }
        return UInt8(clamping: strongest ?? 0)
      }
    }
  }

  private static func label(_ value: Float) -> UInt8 {
    value.isFinite ? UInt8(min(max(value.rounded(), 0), 255)) : 0
  }

  private var columns: Int { axis == 0 ? 1 : 0 }
  private var rows: Int { axis == 2 ? 1 : 2 }

  /// Offsets into a channel, row by row from the top left of the page.
  private var places: [Int] {
    let strides = [shape[1] * shape[2], shape[2], 1]
    return order(rows).flatMap { row in
      order(columns).map { column in
        index * strides[axis] + row * strides[rows] + column * strides[columns]
      }
    }
  }

  /// The indices of an axis in the order they are drawn: the greatest coordinate first.
  private func order(_ axis: Int) -> [Int] {
    let along = (0..<3).map { affine.rows[$0][axis] }
    let main = along.max { abs($0) < abs($1) } ?? 1
    let indices = Array(0..<shape[axis])
    return main < 0 ? indices : indices.reversed()
  }

  private func spacing(_ axis: Int) -> Double {
    (0..<3).map { affine.rows[$0][axis] * affine.rows[$0][axis] }.reduce(0, +).squareRoot()
  }

  /// The slice with the most voxels that are not background; nil when there are none.
  private static func fullest(_ label: ShownVolume, _ axis: Int) -> Int? {
    let counts = labelled(label, axis)
    guard let most = counts.max(), most > 0 else { return nil }
    return counts.firstIndex(of: most)
  }

  /// From the first slice with a label to the last.
  private static func extent(_ label: ShownVolume, _ axis: Int) -> ClosedRange<Int>? {
    let counts = labelled(label, axis)
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else { return nil }
    return first...last
  }

  /// Voxels of each slice that are not background.
  private static func labelled(_ label: ShownVolume, _ axis: Int) -> [Int] {
    let shape = label.shape
    let size = shape.reduce(1, *)
    let first = label.tensor.shape[0] > 1 ? 1 : 0
    var counts = [Int](repeating: 0, count: shape[axis])
    label.tensor.withElements(of: Float.self) { elements in
      var place = 0
      for x in 0..<shape[0] {
        for y in 0..<shape[1] {
          for z in 0..<shape[2] {
            if elements[first * size + place] > 0.5 { counts[[x, y, z][axis]] += 1 }
            place += 1
          }
        }
      }
    }
    return counts
  }
}
