import Testing

@testable import Plotting

@Suite struct SlicePictureTextTests {
  @Test func panesStandSideBySideWithADigitForEachClass() throws {
    let image = try GreySlice(width: 4, height: 2, values: (0..<8).map(Float.init))
    let picture = SlicePicture(
      "case 1",
      panes: [
        SlicePane("image", image: image),
        SlicePane("truth", image: image, labels: [0, 0, 1, 1, 0, 0, 2, 0]),
      ])
    #expect(
      picture.text(columns: 40) == """
        case 1
        image     truth
          ..::==    ..1111
        ++##%%@@  ++##22@@
        """)
  }

  @Test func aPictureFitsTheTerminal() throws {
    let image = try GreySlice(
      width: 512, height: 512, values: [Float](repeating: 1, count: 512 * 512))
    let lines = SlicePicture(panes: [SlicePane("a", image: image), SlicePane("b", image: image)])
      .text(columns: 60).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 60 })
  }
}
