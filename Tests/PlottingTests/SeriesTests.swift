import Testing

@testable import Plotting

@Suite struct SeriesTests {
  @Test func smoothingWeighsAsIfTheSeriesBeganThere() {
    // w = 0.5: 1; (0.5·(0.5·1) + 0.5·3) / (1 − 0.25) = 1.75 / 0.75
    let smooth = Series("loss", y: [1, 3]).smoothed(0.5)
    #expect(smooth.y[0] == 1)
    #expect(abs(smooth.y[1] - 7.0 / 3) < 1e-12)
  }

  @Test func aConstantStaysItself() {
    for value in Series("loss", y: [2, 2, 2, 2]).smoothed(0.9).y { #expect(abs(value - 2) < 1e-12) }
  }

  @Test func gapsStayGapsAndDoNotEnterTheAverage() {
    let smooth = Series("loss", y: [1, .nan, 3]).smoothed(0.5)
    #expect(smooth.y[1].isNaN)
    #expect(abs(smooth.y[2] - 7.0 / 3) < 1e-12)
  }

  @Test func theShorterArrayDecides() {
    #expect(Series("loss", x: [1, 2, 3], y: [5]).x == [1])
  }
}
