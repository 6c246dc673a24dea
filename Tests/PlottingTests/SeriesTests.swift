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

/// Fewer points that look the same.
@Suite struct ThinningTests {
  private let axis = Axis()

  @Test func fewPointsStayAsTheyAre() {
    let series = Series("loss", y: (0..<4000).map { Double($0 % 7) })
    #expect(series.thinned(on: axis) == series)
  }

  @Test func extremesSurvive() {
    var values = (0..<1_000_000).map { Double($0 % 10) }
    values[123_456] = 99
    values[654_321] = -99
    let thin = Series("loss", y: values).thinned(on: axis)
    #expect(thin.y.count <= 4000 && thin.y.max() == 99 && thin.y.min() == -99)
    #expect(thin.x.first == 1 && thin.x.last == 1_000_000)
    #expect(zip(thin.x, thin.x.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func gapsStay() {
    let values = (0..<100_000).map { (40_000..<50_000).contains($0) ? Double.nan : 1 }
    let thin = Series("loss", y: values).thinned(on: axis)
    let gap = zip(thin.x, thin.y).filter { $0.1.isNaN }.map(\.0)
    #expect(!gap.isEmpty && gap.allSatisfy { 40_000...50_001 ~= $0 })
  }

  @Test func aLogarithmicAxisKeepsItsBeginning() {
    let series = Series("loss", y: (1...100_000).map(Double.init))
    let thin = series.thinned(on: Axis(isLogarithmic: true))
    #expect(Array(thin.x.prefix(5)) == [1, 2, 3, 4, 5] && thin.x.count < 5000)
  }
}
