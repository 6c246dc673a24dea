import Components

/// How values per item and class become one number, or several.
///
/// Source: `do_metric_reduction` of MONAI 0.8.1; NaN counts as absent everywhere.
public enum MetricReduction: String, ChoiceArgument, Sendable {
  case mean, sum
  case meanBatch = "mean_batch"
  case sumBatch = "sum_batch"
  case meanChannel = "mean_channel"
  case sumChannel = "sum_channel"
  case none

  /// `rows` has one row an item and one column a class.
  func reduce(_ rows: [[Double]]) -> [Double] {
    let columns = (rows.first ?? []).indices.map { column in rows.map { $0[column] } }
    switch self {
    case .none: return rows.flatMap { $0 }
    case .mean:
      let items = rows.compactMap { row in row.contains { !$0.isNaN } ? Self.mean(row) : nil }
      return [Self.mean(items)]
    case .sum: return [Self.sum(rows.flatMap { $0 })]
    case .meanBatch: return columns.map(Self.mean)
    case .sumBatch: return columns.map(Self.sum)
    case .meanChannel: return rows.map(Self.mean)
    case .sumChannel: return rows.map(Self.sum)
    }
  }

  private static func sum(_ values: [Double]) -> Double {
    values.reduce(0) { $1.isNaN ? $0 : $0 + $1 }
  }

  private static func mean(_ values: [Double]) -> Double {
    let count = values.count { !$0.isNaN }
    return count == 0 ? 0 : sum(values) / Double(count)
  }
}
