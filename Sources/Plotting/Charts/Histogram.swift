import Components
import Glibc

/// How many values lie in each of equal parts of their range, of one or several samples.
public struct Histogram: Sendable, Equatable {
  public struct Sample: Sendable, Equatable {
    public let name: String
    public let counts: [Int]
  }

  public let samples: [Sample]
  /// Of the lowest bin.
  public let start: Double
  public let width: Double
  /// Values that were counted, and those that are no number.
  public let count: Int
  public let missing: Int

  private static let mostBins = 100
  /// Whole numbers of a smaller range than this have a bin each.
  private static let fewValues = 64.0

  /// - Parameter bins: nil finds a number from the spread (Freedman and Diaconis' rule).
  /// - Throws: `Fault` when there is no finite value.
  public init(_ data: [(name: String, values: [Float])], bins: Int? = nil) throws(Fault) {
    var (low, high) = (Float.infinity, -Float.infinity)
    var (finite, all) = (0, 0)
    var isWhole = true
    for (_, values) in data {
      all += values.count
      for value in values where value.isFinite {
        finite += 1
        low = min(low, value)
        high = max(high, value)
        if isWhole { isWhole = value == value.rounded() }
      }
    }
    guard finite > 0 else {
      throw Fault(
        .data, "there is nothing to count",
        got: all == 0 ? "no values" : "\(all) values that are no numbers",
        wanted: "a number")
    }
    (count, missing) = (finite, all - finite)
    let (first, last) = (Double(low), Double(high))
    if isWhole, bins == nil, last - first < Self.fewValues {
      (start, width) = (first - 0.5, 1)
    } else {
      let wanted = bins ?? Self.bins(data, first, last)
      // All the same: a bin around it.
      let range = last > first ? last - first : max(abs(first), 1) * 1e-3
      (start, width) = (last > first ? first : first - range / 2, range / Double(wanted))
    }
    let number =
      isWhole && bins == nil && last - first < Self.fewValues
      ? Int(last - first) + 1
      : max(1, Int(((last > first ? last - first : width) / width).rounded()))
    let (start, width) = (start, width)
    samples = data.map { name, values in
      var counts = [Int](repeating: 0, count: number)
      for value in values where value.isFinite {
        counts[min(max(Int((Double(value) - start) / width), 0), number - 1)] += 1
      }
      return Sample(name: name, counts: counts)
    }
  }

  /// A sample of the sample is enough for the spread.
  private static func bins(
    _ data: [(name: String, values: [Float])], _ low: Double, _ high: Double
  ) -> Int {
    guard low < high else { return 1 }
    var some: [Double] = []
    for (_, values) in data {
      for index in stride(from: 0, to: values.count, by: max(1, values.count / 10_000))
      where values[index].isFinite { some.append(Double(values[index])) }
    }
    let box = Box("", values: some)
    let spread = box.quantile(0.75) - box.quantile(0.25)
    guard spread > 0 else { return 50 }
    let width = 2 * spread / cbrt(Double(some.count))
    return min(max(Int((high - low) / width), 10), mostBins)
  }

  public var binCount: Int { samples.first?.counts.count ?? 0 }
  /// Bins are whole numbers.
  var isWhole: Bool { width == 1 && start + 0.5 == (start + 0.5).rounded() }
  func center(of bin: Int) -> Double { start + (Double(bin) + 0.5) * width }
}
