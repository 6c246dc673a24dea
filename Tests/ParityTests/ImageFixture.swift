import Components
import TestSupport
import Testing

@testable import Engine

/// A fixture that lacks what a test reads from it.
struct MissingFixture: Error {
  let name: String
  init(_ name: String) { self.name = name }
}

extension ParityFixture {
  /// Any number type, as doubles.
  func numbers(_ name: String) throws -> [Double] { try tensor(name).doubles() }

  /// The array as a float32 tensor of its shape.
  func image(_ name: String) throws -> Tensor { try tensor(name).converted(to: .float32) }

  func affine(_ name: String) throws -> Affine {
    let flat = try numbers(name)
    return Affine(rows: (0..<4).map { row in (0..<4).map { flat[row * 4 + $0] } })
  }

  /// A note that may be absent.
  func optionalNote(_ name: String) -> String? { try? note(name) }
}

/// Same shape, and every element within `tolerance`, relative to the largest of the expected ones.
func expectClose(
  _ got: Tensor, _ wanted: Tensor, tolerance: Double = 1e-5, _ comment: String = "",
  at location: SourceLocation = #_sourceLocation
) {
  #expect(got.shape == wanted.shape, "\(comment)", sourceLocation: location)
  guard got.shape == wanted.shape else { return }
  let (a, b) = (got.asFloat32.elements(of: Float.self), wanted.asFloat32.elements(of: Float.self))
  let scale = Double(b.map(abs).max() ?? 0)
  let worst = zip(a, b).map { abs(Double($0) - Double($1)) }.max() ?? 0
  #expect(worst <= tolerance * max(scale, 1e-30), "\(comment)", sourceLocation: location)
}

func expectClose(
  _ got: Affine, _ wanted: Affine, _ comment: String = "",
  at location: SourceLocation = #_sourceLocation
) {
  for row in 0..<4 {
    for column in 0..<4 {
      let (a, b) = (got.rows[row][column], wanted.rows[row][column])
      #expect(
        abs(a - b) <= 1e-5 * max(1, abs(b)), "\(comment) [\(row)][\(column)]",
        sourceLocation: location)
    }
  }
}
