import Glibc

/// How a tensor is shown: dtype, shape, range and a corner, within one screen.
struct TensorText {
  static let rows = 6
  static let columns = 8

  let tensor: Tensor
  /// Said after the shape.
  var remark: String?

  var text: String {
    let name =
      "tensor \(tensor.dtype.rawValue) \(tensor.shape)" + (remark.map { " " + $0 } ?? "")
    if tensor.count == 0 { return "\(name)  empty" }
    if tensor.rank == 0 {
      return "tensor \(number(tensor.doubles()[0])) \(tensor.dtype.rawValue)"
        + (remark.map { " " + $0 } ?? "")
    }
    return "\(name)  \(range)\n\(corner)"
  }

  private var range: String {
    let numbers = tensor.doubles()
    var (low, high, nans) = (Double.infinity, -Double.infinity, 0)
    for x in numbers {
      if x.isNaN { nans += 1 }
      if x < low { low = x }
      if x > high { high = x }
    }
    let nan = nans > 0 ? "  \(nans) NaN" : ""
    return low <= high ? "min \(number(low))  max \(number(high))\(nan)" : "all NaN"
  }

  /// The first rows and columns of the last two axes, at 0 of the axes before.
  private var corner: String {
    let width = tensor.shape[tensor.rank - 1]
    let height = tensor.rank > 1 ? tensor.shape[tensor.rank - 2] : 1
    let shownRows = min(height, Self.rows)
    let shownColumns = min(width, Self.columns)
    // The corner lies in the first matrix, whose rows are `width` apart.
    let matrix = tensor.reshaped([tensor.count])
      .strided(shape: [shownRows, shownColumns], strides: [width, 1], start: 0).doubles()
    let cells = matrix.map(number)
    let cellWidth = cells.map(\.count).max() ?? 0
    var lines: [String] = []
    for row in 0..<shownRows {
      let line = cells[row * shownColumns..<(row + 1) * shownColumns]
        .map { String(repeating: " ", count: cellWidth - $0.count) + $0 }.joined(separator: "  ")
      lines.append("  " + line + (width > shownColumns ? "  ..." : ""))
    }
    if height > shownRows { lines.append("  ...") }
    let place = tensor.rank > 2 ? tensor.shape.dropLast(2).map { _ in "0" } + [":", ":"] : []
    let label = place.isEmpty ? "" : "  [\(place.joined(separator: ", "))]\n"
    return label + lines.joined(separator: "\n")
  }

  /// Whole numbers as they are, others with five digits.
  private func number(_ value: Double) -> String {
    switch tensor.dtype.category {
    case .bool: return value != 0 ? "True" : "False"
    case .integer: return String(value.integer)
    case .floatingPoint:
      if value.isNaN { return "nan" }
      if value.isInfinite { return value < 0 ? "-inf" : "inf" }
      return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
        withVaList([value]) { _ = vsnprintf(buffer.baseAddress, buffer.count, "%.5g", $0) }
        return buffer.baseAddress.map { String(cString: $0) } ?? ""
      }
    }
  }
}
