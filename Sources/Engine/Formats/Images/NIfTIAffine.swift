import Components
import Glibc

/// The ways a header can place its voxels in space, and the choice between them.
///
/// Order and formulas are nibabel's (sform, else qform, else the spacing alone with the origin in
/// the middle); the correction where they contradict the spacing is MONAI 0.8.1's
/// `correct_nifti_header_if_necessary`.
struct NIfTIAffine {
  private let path: String
  private let shape: [Int]
  private let spacing: [Double]
  private let sformCode: Int
  private let qformCode: Int
  private let sform: Affine
  private let qform: Affine?

  init(_ header: RawHeader, shape: [Int], path: String) {
    (self.path, self.shape) = (path, shape)
    spacing = header.spacing(rank: shape.count)
    (sformCode, qformCode) = (header.sformCode, header.qformCode)
    sform = Affine(rows: header.rows + [[0, 0, 0, 1]])
    let threshold = 3 * (header.isVersion2 ? Double.ulpOfOne : Double(Float.ulpOfOne))
    qform = Self.fromQuaternion(
      header.quaternion, spacing: header.spacing(rank: 3), qfac: header.qfac, threshold: threshold)
  }

  func resolved(_ notes: inout [String]) throws -> Affine {
    var affine: Affine
    if sformCode > 0, isUsable(sform) {
      affine = sform
    } else if qformCode > 0, let qform, isUsable(qform) {
      if sformCode > 0 { notes.append("its sform is not a usable matrix; the qform is used") }
      affine = qform
    } else if sformCode > 0 || qformCode > 0 {
      throw Fault.damaged(path, "neither its sform nor its qform is a usable matrix")
    } else {
      affine = fromSpacing(&notes)
    }
    // With five and more axes MONAI leaves the header alone.
    guard shape.count < 5, !isClose(spacing, norms(affine)) else { return affine }
    if let corrected = corrected() {
      notes.append("its affine contradicts its spacing \(spacing); the other form is used")
      affine = corrected
    } else if !isSpacingOfColumns(affine) {
      notes.append("its spacing \(spacing) is not that of its affine, which is used")
    }
    return affine
  }

  /// The form that agrees with the spacing when the chosen one does not.
  private func corrected() -> Affine? {
    let sformAgrees = isUsable(sform) && isClose(norms(sform), spacing)
    let qformAgrees = qform.map { isUsable($0) && isClose(norms($0), spacing) } ?? false
    if sformCode != 0 {
      if sformAgrees { return nil }
      if qformAgrees { return qform }
    }
    if qformCode != 0 {
      if qformAgrees { return nil }
      if sformAgrees { return NIfTIRotation(sform)?.affine }
    }
    return nil
  }

  private func isUsable(_ affine: Affine) -> Bool {
    guard affine.rows.joined().allSatisfy(\.isFinite) else { return false }
    return abs(Matrix3(affine).determinant) > 1e-30
  }

  /// Lengths of the first columns of the 4×4 matrix, as many as there are axes.
  private func norms(_ affine: Affine) -> [Double] {
    let rank = shape.count
    return (0..<rank).map { column in
      (0..<rank).reduce(0) { $0 + affine.rows[$1][column] * affine.rows[$1][column] }.squareRoot()
    }
  }

  /// The comparison that means something for any number of axes; MONAI's counts time as space.
  private func isSpacingOfColumns(_ affine: Affine) -> Bool {
    let columns = (0..<3).map { column in
      (0..<3).reduce(0) { $0 + affine.rows[$1][column] * affine.rows[$1][column] }.squareRoot()
    }
    return isClose(Array(spacing.prefix(3)), columns)
  }

  /// numpy's `allclose`.
  private func isClose(_ a: [Double], _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { abs($0 - $1) <= 1e-8 + 1e-5 * abs($1) }
  }

  /// No form at all: the first axis runs to the left, the middle of the volume is the origin.
  private func fromSpacing(_ notes: inout [String]) -> Affine {
    notes.append("it has neither sform nor qform; its orientation is a guess")
    var rows = Affine.identity.rows
    for axis in 0..<3 {
      let size = axis < shape.count ? Double(shape[axis]) : 1
      var step = axis < spacing.count ? spacing[axis] : 1
      if !step.isFinite || step == 0 {
        notes.append("its spacing along axis \(axis) is \(step); 1 is used")
        step = 1
      }
      rows[axis][axis] = axis == 0 ? -step : step
      rows[axis][3] = -(size - 1) / 2 * rows[axis][axis]
    }
    return Affine(rows: rows)
  }

  /// nil when the numbers are no rotation or a spacing is negative.
  private static func fromQuaternion(
    _ numbers: [Double], spacing: [Double], qfac: Double, threshold: Double
  ) -> Affine? {
    let (b, c, d) = (numbers[0], numbers[1], numbers[2])
    let rest = 1 - (b * b + c * c + d * d)
    guard rest.isFinite, rest > -threshold, spacing.allSatisfy({ $0 >= 0 }) else { return nil }
    let a = abs(rest) < threshold ? 0 : rest.squareRoot()
    let scale = 2 / (a * a + b * b + c * c + d * d)
    let rotation = [
      [1 - scale * (c * c + d * d), scale * (b * c - a * d), scale * (b * d + a * c)],
      [scale * (b * c + a * d), 1 - scale * (b * b + d * d), scale * (c * d - a * b)],
      [scale * (b * d - a * c), scale * (c * d + a * b), 1 - scale * (b * b + c * c)],
    ]
    let steps = [spacing[0], spacing[1], spacing[2] * qfac]
    let rows = (0..<3).map { row in
      (0..<3).map { rotation[row][$0] * steps[$0] } + [numbers[3 + row]]
    }
    return Affine(rows: rows + [[0, 0, 0, 1]])
  }
}

/// The part of an affine that a quaternion can say: a rotation, spacings, a mirrored third axis.
///
/// As nibabel's `set_qform`: shears are dropped by taking the nearest orthogonal matrix.
struct NIfTIRotation {
  let spacing: [Double]
  let qfac: Double
  /// b, c, d; the first component is not negative.
  let quaternion: [Double]
  let offset: [Double]
  let affine: Affine

  /// nil when the matrix is singular.
  init?(_ affine: Affine) {
    var matrix = Matrix3(affine)
    let spacing = (0..<3).map { column in
      (0..<3).reduce(0) { $0 + matrix[$1, column] * matrix[$1, column] }.squareRoot()
    }
    guard spacing.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    for row in 0..<3 { for column in 0..<3 { matrix[row, column] /= spacing[column] } }
    let qfac: Double = matrix.determinant > 0 ? 1 : -1
    for row in 0..<3 { matrix[row, 2] *= qfac }
    guard let rotation = matrix.nearestOrthogonal else { return nil }
    (self.spacing, self.qfac) = (spacing, qfac)
    quaternion = rotation.quaternion
    offset = (0..<3).map { affine.rows[$0][3] }
    let offset = offset
    let steps = [spacing[0], spacing[1], spacing[2] * qfac]
    self.affine = Affine(
      rows: (0..<3).map { row in (0..<3).map { rotation[row, $0] * steps[$0] } + [offset[row]] }
        + [[0, 0, 0, 1]])
  }

  /// True when nothing but rounding was dropped.
  func matches(_ other: Affine) -> Bool {
    let scale = spacing.reduce(0, max)
    return zip(affine.rows.joined(), other.rows.joined()).allSatisfy {
      abs($0 - $1) <= 1e-5 * max(scale, abs($1))
    }
  }
}

/// A 3×3 matrix.
struct Matrix3 {
  private var elements: [Double]

  init(_ affine: Affine) { elements = (0..<3).flatMap { affine.rows[$0][0..<3] } }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * 3 + column] }
    set { elements[row * 3 + column] = newValue }
  }

  private func cofactor(_ row: Int, _ column: Int) -> Double {
    let (r, s, c, d) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3)
    return self[r, c] * self[s, d] - self[r, d] * self[s, c]
  }

  var determinant: Double { (0..<3).reduce(0) { $0 + self[0, $1] * cofactor(0, $1) } }

  /// The orthogonal factor of the polar decomposition, by Newton's iteration (Higham, 1986).
  var nearestOrthogonal: Matrix3? {
    var current = self
    for _ in 0..<100 {
      let determinant = current.determinant
      guard determinant.isFinite, abs(determinant) > 1e-12 else { return nil }
      var next = current
      var change = 0.0
      for row in 0..<3 {
        for column in 0..<3 {
          next[row, column] =
            (current[row, column] + current.cofactor(row, column) / determinant) / 2
          change = max(change, abs(next[row, column] - current[row, column]))
        }
      }
      current = next
      if change < 1e-15 { break }
    }
    return current
  }

  /// b, c, d of a rotation matrix, with a ≥ 0 (Shepperd's choice of the largest component).
  var quaternion: [Double] {
    let trace = self[0, 0] + self[1, 1] + self[2, 2]
    let diagonal = (0..<3).map { self[$0, $0] }
    if trace >= diagonal.reduce(-1, max) {
      let a = (1 + trace).squareRoot() / 2
      return [
        (self[2, 1] - self[1, 2]) / (4 * a), (self[0, 2] - self[2, 0]) / (4 * a),
        (self[1, 0] - self[0, 1]) / (4 * a),
      ]
    }
    let i =
      diagonal[0] >= diagonal[1]
      ? (diagonal[0] >= diagonal[2] ? 0 : 2)
      : (diagonal[1] >= diagonal[2] ? 1 : 2)
    let (j, k) = ((i + 1) % 3, (i + 2) % 3)
    var result = [0.0, 0, 0]
    let largest = (1 + self[i, i] - self[j, j] - self[k, k]).squareRoot() / 2
    result[i] = largest
    result[j] = (self[i, j] + self[j, i]) / (4 * largest)
    result[k] = (self[i, k] + self[k, i]) / (4 * largest)
    let a = (self[k, j] - self[j, k]) / (4 * largest)
    return a < 0 ? result.map { -$0 } : result
  }
}
