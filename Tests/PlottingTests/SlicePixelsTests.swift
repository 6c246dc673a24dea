import Components
import Testing

@testable import Plotting

@Suite struct SlicePixelsTests {
  private func slice(_ values: [Float], width: Int) throws -> GreySlice {
    try GreySlice(width: width, height: values.count / width, values: values)
  }

  @Test func windowMapsToBlackAndWhiteAndClips() throws {
    let pane = SlicePane("image", image: try slice([-10, 0, 5, 10, 99, .nan], width: 3))
    let bytes = try SlicePixels.colors(of: pane, window: 0...10)
    #expect(stride(from: 0, to: 18, by: 3).map { bytes[$0] } == [0, 0, 127, 255, 255, 0])
  }

  @Test func labelsAreBorderedInFullAndFilledPale() throws {
    let image = try slice([Float](repeating: 0, count: 25), width: 5)
    var labels = [UInt8](repeating: 0, count: 25)
    for row in 1...3 { for column in 1...3 { labels[row * 5 + column] = 1 } }
    let bytes = try SlicePixels.colors(
      of: SlicePane("truth", image: image, labels: labels), window: 0...1)
    #expect(Array(bytes[(6 * 3)..<(6 * 3 + 3)]) == [230, 159, 0])
    #expect(Array(bytes[(12 * 3)..<(12 * 3 + 3)]) == [80, 55, 0])
    #expect(Array(bytes[0..<3]) == [0, 0, 0])
  }

  @Test func aConstantSliceHasAWindow() throws {
    #expect(SlicePixels.window(of: try slice([7, 7], width: 2)) == 7...8)
  }

  @Test func sizesMustAgree() throws {
    #expect(throws: Fault.self) { try GreySlice(width: 2, height: 2, values: [1]) }
    let image = try slice([0, 1], width: 2)
    #expect(throws: Fault.self) {
      try SlicePixels.colors(of: SlicePane("truth", image: image, labels: [1]), window: 0...1)
    }
  }
}
