import Components

/// What stands beyond the edge of a padded image, by numpy's and by torch's names.
public enum PadMode: String, ChoiceArgument, Sendable {
  case constant, edge, reflect, symmetric, wrap
  /// torch's names of `edge` and `wrap`
  case replicate, circular

  /// The index that stands at `index`, which may lie outside `0..<count`; nil is the constant.
  func source(_ index: Int, _ count: Int) -> Int? {
    if 0..<count ~= index { return index }
    switch self {
    case .constant: return nil
    case .edge, .replicate: return min(max(index, 0), count - 1)
    case .wrap, .circular: return Self.remainder(index, count)
    case .symmetric:
      let place = Self.remainder(index, 2 * count)
      return place < count ? place : 2 * count - 1 - place
    case .reflect:
      guard count > 1 else { return 0 }
      let place = Self.remainder(index, 2 * count - 2)
      return place < count ? place : 2 * count - 2 - place
    }
  }

  private static func remainder(_ index: Int, _ count: Int) -> Int {
    let rest = index % count
    return rest < 0 ? rest + count : rest
  }
}

extension Tensor {
  /// `low` and `high` voxels more before and after each of the last axes; float32.
  func padded(
    low: [Int], high: [Int], mode: PadMode = .constant, value: Float = 0, threads: Int = 1
  ) -> Tensor {
    let lead = rank - low.count
    let spatial = Array(shape[lead...])
    let channels = shape[..<lead].reduce(1, *)
    if low.allSatisfy({ $0 == 0 }) && high.allSatisfy({ $0 == 0 }) { return self }
    let newSpatial = zip(spatial, zip(low, high)).map { $0 + $1.0 + $1.1 }
    let newShape = Array(shape[..<lead]) + newSpatial
    let flat = reshaped([channels] + spatial)
    if mode == .constant {
      return flat.cropped(
        from: low.map { -$0 }, to: zip(spatial, high).map { $0 + $1 }, outside: value,
        threads: threads
      ).reshaped(newShape)
    }
    // One row of indices an axis; missing axes of a 2-D image are axes of one.
    let missing = Array(repeating: 1, count: 3 - spatial.count)
    let (sizes, newSizes) = (missing + spatial, missing + newSpatial)
    let lows = Array(repeating: 0, count: missing.count) + low
    let maps = (0..<3).map { axis in
      (0..<newSizes[axis]).map { mode.source($0 - lows[axis], sizes[axis]) ?? 0 }
    }
    return flat.withElements(of: Float.self) { source in
      Tensor(shape: newShape, of: Float.self) { target in
        var place = 0
        for channel in 0..<channels {
          for x in maps[0] {
            for y in maps[1] {
              let row = ((channel * sizes[0] + x) * sizes[1] + y) * sizes[2]
              for z in maps[2] {
                target[place] = source[row + z]
                place += 1
              }
            }
          }
        }
      }
    }
  }
}
