import Components

/// How many voxels of each true class were predicted as which: one row a true class.
public struct Confusion: Sendable, Equatable {
  /// Maps with more classes than this are no label maps.
  public static let mostClasses = 64

  public private(set) var counts: [[Int]] = []

  public init() {}

  /// Counts one pair of maps: channels first, several are one-hot or scores, of which the greatest
  /// counts; a single one holds the numbers of classes.
  ///
  /// - Throws: `Fault` when the two do not lie on each other, or hold no numbers of classes.
  public mutating func add(prediction: Tensor, label: Tensor) throws(Fault) {
    guard prediction.rank > 1, prediction.shape.dropFirst() == label.shape.dropFirst() else {
      throw Fault(
        .shape, "the prediction does not lie on the label", got: "\(prediction.shape)",
        wanted: "\(label.shape)")
    }
    let (predicted, truth) = (try Self.classes(of: prediction), try Self.classes(of: label))
    let count = Self.mostClasses
    var table = [Int](repeating: 0, count: count * count)
    table.withUnsafeMutableBufferPointer { table in
      for index in predicted.indices {
        table[Int(truth[index]) * count + Int(predicted[index])] += 1
      }
    }
    let last = (0..<count).last { number in
      (0..<count).contains { table[number * count + $0] + table[$0 * count + number] > 0 }
    }
    let known = max(counts.count, prediction.shape[0], label.shape[0], (last ?? 0) + 1)
    while counts.count < known { counts.append([]) }
    for row in counts.indices {
      while counts[row].count < known { counts[row].append(0) }
      for column in counts.indices { counts[row][column] += table[row * count + column] }
    }
  }

  private static func classes(of map: Tensor) throws(Fault) -> [UInt8] {
    let channels = map.shape[0]
    let voxels = map.shape.dropFirst().reduce(1, *)
    guard channels <= mostClasses else { throw noLabels("\(channels) channels") }
    var result = [UInt8](repeating: 0, count: voxels)
    var strange: Float?
    map.plain.converted(to: .float32).withElements(of: Float.self) { elements in
      if channels == 1 {
        for voxel in 0..<voxels {
          let value = elements[voxel]
          if value >= 0, value < Float(mostClasses), value == value.rounded() {
            result[voxel] = UInt8(value)
          } else {
            strange = value
          }
        }
        return
      }
      for voxel in 0..<voxels {
        var greatest = elements[voxel]
        var place = 0
        for channel in 1..<channels {
          let value = elements[channel * voxels + voxel]
          if value > greatest { (greatest, place) = (value, channel) }
        }
        result[voxel] = UInt8(truncatingIfNeeded: place)
      }
    }
    if let strange { throw noLabels("\(strange)") }
    return result
  }

  private static func noLabels(_ got: String) -> Fault {
    Fault(
      .data, "this is no map of classes", got: got,
      wanted: "whole numbers from 0 to \(mostClasses - 1), or one channel a class")
  }
}

/// A confusion with the names of its classes.
public struct ClassConfusion: Sendable, Equatable {
  public let classes: [String]
  public let confusion: Confusion
}
