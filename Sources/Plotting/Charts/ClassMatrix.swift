import Components

/// A confusion matrix: how many voxels of each true class were given which.
public struct ClassMatrix: Sendable, Equatable {
  public let classes: [String]
  /// One row a true class, one column a predicted one.
  public let counts: [[Int]]

  public init(classes: [String], counts: [[Int]]) {
    (self.classes, self.counts) = (classes, counts)
  }

  /// Of the voxels of a true class; NaN for a class that is nowhere.
  public func share(_ truth: Int, _ predicted: Int) -> Double {
    let all = counts[truth].reduce(0, +)
    return all > 0 ? Double(counts[truth][predicted]) / Double(all) : .nan
  }

  /// Squares of a size that holds their text, and room for the names around them.
  var size: (width: Int, height: Int) {
    let side = classes.count * (classes.count > Self.mostWithText ? 32 : 92)
    let names = 8 * (classes.map(\.count).max() ?? 0)
    return (max(side, 240) + names + 130, max(side, 240) + 150 + names / 2)
  }

  /// More classes than this leave no room for numbers in their squares.
  static let mostWithText = 10
}
