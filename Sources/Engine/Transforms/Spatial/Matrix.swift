import Components

/// A small square matrix of doubles: the algebra of 2-D and 3-D affines.
struct Matrix: Equatable {
  let size: Int
  private var elements: [Double]

  init(zeros size: Int) {
    self.size = size
    elements = Array(repeating: 0, count: size * size)
  }

  init(diagonal: [Double]) {
    self.init(zeros: diagonal.count)
    for (index, value) in diagonal.enumerated() { self[index, index] = value }
  }

  init(identity size: Int) { self.init(diagonal: Array(repeating: 1, count: size)) }

  init(rows: [[Double]]) {
    self.init(zeros: rows.count)
    elements = rows.flatMap { $0 }
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * size + column] }
    set { elements[row * size + column] = newValue }
  }

  func column(_ column: Int) -> [Double] { (0..<size).map { self[$0, column] } }

  var transposed: Matrix {
    var result = Matrix(zeros: size)
    for row in 0..<size {
      for column in 0..<size { result[column, row] = self[row, column] }
    }
    return result
  }

  static func * (left: Matrix, right: Matrix) -> Matrix {
    var result = Matrix(zeros: left.size)
    for row in 0..<left.size {
      for column in 0..<left.size {
        var sum = 0.0
        for inner in 0..<left.size { sum += left[row, inner] * right[inner, column] }
        result[row, column] = sum
      }
    }
    return result
  }

  /// The product with a column.
  func applied(to column: [Double]) -> [Double] {
    (0..<size).map { row in
      var sum = 0.0
      for inner in 0..<size { sum += self[row, inner] * column[inner] }
      return sum
    }
  }

  /// Gauss and Jordan with row exchange; nil when singular.
  var inverse: Matrix? {
    var left = self
    var right = Matrix(identity: size)
    for pivot in 0..<size {
      let best = (pivot..<size).max { abs(left[$0, pivot]) < abs(left[$1, pivot]) } ?? pivot
      guard left[best, pivot] != 0, left[best, pivot].isFinite else { return nil }
      if best != pivot {
        for column in 0..<size {
          (left[pivot, column], left[best, column]) = (left[best, column], left[pivot, column])
          (right[pivot, column], right[best, column]) = (right[best, column], right[pivot, column])
        }
      }
      let scale = left[pivot, pivot]
      for column in 0..<size {
        left[pivot, column] /= scale
        right[pivot, column] /= scale
      }
      for row in 0..<size where row != pivot && left[row, pivot] != 0 {
        let factor = left[row, pivot]
        for column in 0..<size {
          left[row, column] -= factor * left[pivot, column]
          right[row, column] -= factor * right[pivot, column]
        }
      }
    }
    return right
  }

  /// The upper triangular U with Uᵀ·U equal to this symmetric matrix; nil unless positive definite.
  var choleskyUpper: Matrix? {
    var upper = Matrix(zeros: size)
    for row in 0..<size {
      for column in row..<size {
        var sum = self[row, column]
        for inner in 0..<row { sum -= upper[inner, row] * upper[inner, column] }
        if row == column {
          guard sum > 0 else { return nil }
          upper[row, row] = sum.squareRoot()
        } else {
          upper[row, column] = sum / upper[row, row]
        }
      }
    }
    return upper
  }

  /// The nearest orthogonal matrix, P·Qᵀ of the singular value decomposition, by Newton's iteration
  /// (Higham, 1986); nil when singular.
  var nearestOrthogonal: Matrix? {
    var current = self
    for _ in 0..<100 {
      guard let inverse = current.inverse else { return nil }
      var next = current
      var change = 0.0
      let other = inverse.transposed
      for row in 0..<size {
        for column in 0..<size {
          next[row, column] = (current[row, column] + other[row, column]) / 2
          change = max(change, abs(next[row, column] - current[row, column]))
        }
      }
      current = next
      if change < 1e-15 { break }
    }
    return current
  }

  /// numpy's `allclose`: absolute tolerance plus a relative one of 1e-5 of the other's entry.
  func isClose(to other: Matrix, tolerance: Double) -> Bool {
    zip(elements, other.elements).allSatisfy { abs($0 - $1) <= tolerance + 1e-5 * abs($1) }
  }
}

extension Matrix {
  /// The affine of the first `rank` axes (MONAI's `to_affine_nd`).
  init(_ affine: Affine, rank: Int) {
    self.init(identity: rank + 1)
    for row in 0..<rank {
      for column in 0..<rank { self[row, column] = affine.rows[row][column] }
      if rank > 1 { self[row, rank] = affine.rows[row][3] }
    }
  }

  /// Length of one step along each axis, in millimetres.
  var spacing: [Double] {
    (0..<(size - 1)).map { axis in
      (0..<(size - 1)).reduce(0) { $0 + self[$1, axis] * self[$1, axis] }.squareRoot()
    }
  }
}

extension Matrix {
  /// `spacing` with every step rounded to float32.
  var singlePrecisionSpacing: [Double] {
    (0..<(size - 1)).map { axis in
      let sum = (0..<(size - 1)).reduce(Float(0)) { sum, row in
        let step = Float(self[row, axis])
        return sum + step * step
      }
      return Double(sum.squareRoot())
    }
  }
}

extension Affine {
  /// The same with the first axes replaced, rounded to float32 as MONAI 0.8.1 stores it.
  func replacing(_ matrix: Matrix) -> Affine {
    var affine = self
    let rank = matrix.size - 1
    for row in 0..<rank {
      for column in 0..<rank { affine.rows[row][column] = matrix[row, column] }
      if rank > 1 { affine.rows[row][3] = matrix[row, rank] }
    }
    affine.rows = affine.rows.map { $0.map { Double(Float($0)) } }
    return affine
  }

  /// Four rows of four numbers, as a trace notes them.
  init(argument value: Value) throws(Fault) {
    let rows = try [[Double]](argument: value)
    guard rows.count == 4, rows.allSatisfy({ $0.count == 4 }) else {
      throw .wrongType(wanted: "4 rows of 4 numbers", got: value)
    }
    self.init(rows: rows)
  }

  static func singular(_ what: String = "affine") -> Fault {
    Fault(
      .data, "the \(what) is singular: two voxel axes point the same way",
      remedy: "correct the header of the file")
  }
}
