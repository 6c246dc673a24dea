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

  /// A page shows a picture of this width without shrinking its words, and no title is cut.
  @Test func panesMakeRoomForTheirTitles() throws {
    let image = try GreySlice(width: 32, height: 32, values: [Float](repeating: 1, count: 1024))
    let title = "4 RandCropByPosNegLabeld, 1×32×32×32"
    let many = SlicePicture(panes: Array(repeating: SlicePane(title, image: image), count: 8))
    #expect(many.size.width <= 1000 && many.size.width >= 3 * title.count * 7)
    let wide = SlicePicture(
      panes: Array(repeating: SlicePane("truth", image: image), count: 4), columns: 4)
    #expect(wide.size.width <= 1000)
  }

  @Test func aPictureFitsTheTerminal() throws {
    let image = try GreySlice(
      width: 512, height: 512, values: [Float](repeating: 1, count: 512 * 512))
    let lines = SlicePicture(panes: [SlicePane("a", image: image), SlicePane("b", image: image)])
      .text(columns: 60).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 60 })
  }
}
