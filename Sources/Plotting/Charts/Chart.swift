/// A picture of one or more panels under one title.
public struct Chart: Sendable, Equatable {
  public var title: String
  public var panels: [Panel]

  public init(_ title: String = "", panels: [Panel]) {
    (self.title, self.panels) = (title, panels)
  }

  /// Up to three panels stand below each other, more in two columns.
  var columns: Int { panels.count > 3 ? 2 : 1 }
  var rows: Int { (panels.count + columns - 1) / columns }

  /// Panels below each other with numbers alone on their left.
  var isColumn: Bool {
    columns == 1
      && panels.allSatisfy { if case .matrix = $0.content { false } else { true } }
  }

  /// Width and height of the whole picture.
  public var size: (width: Int, height: Int) {
    if panels.count == 1, case .matrix(let matrix) = panels[0].content { return matrix.size }
    let heading = panels.count > 1 && !title.isEmpty ? 40 : 0
    return (columns == 1 ? 900 : 1200, panels.count == 1 ? 480 : heading + 320 * rows)
  }
}

/// One pair of axes and what is drawn on it.
public struct Panel: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    /// Smoothing is the share of the past in each point, 0 ..< 1; the raw lines then stand pale behind.
    case curves([Series], smoothing: Double = 0)
    case boxes([BoxGroup])
    case histogram(Histogram)
    case matrix(ClassMatrix)
  }

  public var title: String
  public var x: Axis
  public var y: Axis
  public var content: Content
  /// A place on the x axis that matters.
  public var mark: Mark?

  public init(
    _ title: String = "", x: Axis = Axis(), y: Axis = Axis(), _ content: Content,
    mark: Mark? = nil
  ) {
    (self.title, self.x, self.y) = (title, x, y)
    (self.content, self.mark) = (content, mark)
  }
}

public struct Axis: Sendable, Equatable {
  public var label: String
  /// Points at or below zero become gaps.
  public var isLogarithmic: Bool
  /// Counts something: no tics between whole numbers.
  public var isWhole: Bool
  /// Fixed bounds; nil follows the data.
  public var range: ClosedRange<Double>?

  public init(
    _ label: String = "", isLogarithmic: Bool = false, isWhole: Bool = false,
    range: ClosedRange<Double>? = nil
  ) {
    (self.label, self.isLogarithmic) = (label, isLogarithmic)
    (self.isWhole, self.range) = (isWhole, range)
  }
}

/// An upright line across a panel.
public struct Mark: Sendable, Equatable {
  public var x: Double
  public var label: String

  public init(_ label: String, x: Double) { (self.x, self.label) = (x, label) }
}
