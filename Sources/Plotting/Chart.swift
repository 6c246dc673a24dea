/// A picture of one or more panels under one title.
public struct Chart: Sendable, Equatable {
  public var title: String
  public var panels: [Panel]

  public init(_ title: String = "", panels: [Panel]) {
    (self.title, self.panels) = (title, panels)
  }
}

/// One pair of axes and the lines on it.
public struct Panel: Sendable, Equatable {
  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var series: [Series]
  /// Logarithmic height; points at or below zero become gaps.
  public var isLogarithmic: Bool
  /// Fixed bounds of the height; nil follows the data.
  public var range: ClosedRange<Double>?
  /// Share of the past in each smoothed line, 0 ..< 1; the raw lines then stand pale behind.
  public var smoothing: Double

  public init(
    _ title: String = "", xLabel: String = "", yLabel: String = "", series: [Series],
    isLogarithmic: Bool = false, range: ClosedRange<Double>? = nil, smoothing: Double = 0
  ) {
    (self.title, self.xLabel, self.yLabel, self.series) = (title, xLabel, yLabel, series)
    (self.isLogarithmic, self.range) = (isLogarithmic, range)
    self.smoothing = smoothing
  }
}
