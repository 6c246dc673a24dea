import Components
import Testing

@testable import Plotting

@Suite struct SliceSheetTests {
  private func pane(_ title: String, _ value: Float, labels: [UInt8]? = nil) throws -> SlicePane {
    SlicePane(
      title, image: try GreySlice(width: 2, height: 1, values: [0, value]), labels: labels,
      window: 0...1)
  }

  @Test func framesLieInRowsOfTheSheet() throws {
    let panes = try [0, 0.2, 0.4, 0.6, 0.8].enumerated().map { try pane("\($0)", $1) }
    let sheet = try SliceSheet(SlicePicture("s", panes: panes, aspect: 2))
    #expect(sheet.columns == 3)
    #expect((sheet.width, sheet.height) == (6, 2))
    #expect(sheet.shape == 1)
    #expect(sheet.names == ["0", "1", "2", "3", "4"])
    let reds = stride(from: 0, to: sheet.colors.count, by: 3).map { sheet.colors[$0] }
    #expect(reds == [0, 0, 0, 51, 0, 102, 0, 153, 0, 204, 0, 0])
  }

  @Test func aRowOfThePictureIsOneFrame() throws {
    let panes = try ["truth, 1", "prediction, 1", "truth, 2", "prediction, 2"].map {
      try pane($0, 1)
    }
    let sheet = try SliceSheet(SlicePicture("s", panes: panes, columns: 2))
    #expect(sheet.names == ["truth, 1 · prediction, 1", "truth, 2 · prediction, 2"])
    #expect((sheet.width, sheet.height) == (8, 1))
    #expect(sheet.shape == 4)
  }

  @Test func slicesOfDifferentSizesAreRefused() throws {
    let other = SlicePane("b", image: try GreySlice(width: 1, height: 1, values: [0]))
    let fault = #expect(throws: Fault.self) {
      try SliceSheet(SlicePicture("s", panes: [try pane("a", 1), other]))
    }
    #expect(fault?.kind == .shape)
  }
}
