import Components

/// The numbers a run has logged, by name, for plots and for `run.train_loss`.
public struct History: Sendable, Equatable {
  public enum Axis: String, Sendable { case iteration, epoch }

  /// One curve: a value at each iteration or epoch it was logged at.
  public struct Series: Sendable, Equatable {
    public let name: String
    public let axis: Axis
    public internal(set) var positions: [Int]
    public internal(set) var values: [Double]

    public init(name: String, axis: Axis, positions: [Int] = [], values: [Double] = []) {
      (self.name, self.axis, self.positions, self.values) = (name, axis, positions, values)
    }
  }

  /// In the order of their first value.
  public private(set) var series: [Series] = []

  public init() {}

  public subscript(name: String) -> Series? { series.first { $0.name == name } }

  /// Adds a value; one at a position that was logged before replaces everything from there on, so
  /// that iterations done again after a crash leave one curve.
  public mutating func record(_ name: String, _ value: Double, at position: Int, _ axis: Axis) {
    guard let index = series.firstIndex(where: { $0.name == name }) else {
      series.append(Series(name: name, axis: axis, positions: [position], values: [value]))
      return
    }
    while let last = series[index].positions.last, last >= position {
      series[index].positions.removeLast()
      series[index].values.removeLast()
    }
    series[index].positions.append(position)
    series[index].values.append(value)
  }

  /// The part after an iteration and an epoch; series without values there are left out.
  func after(iteration: Int, epoch: Int) -> History {
    var part = History()
    part.series = series.compactMap { series in
      let start = series.axis == .iteration ? iteration : epoch
      let first = series.positions.firstIndex { $0 > start } ?? series.positions.endIndex
      guard first < series.positions.endIndex else { return nil }
      return Series(
        name: series.name, axis: series.axis, positions: Array(series.positions[first...]),
        values: Array(series.values[first...]))
    }
    return part
  }
}

extension History {
  func state() -> StateValue {
    .list(
      series.map { series in
        .dict(
          StateDictionary([
            ("name", .string(series.name)), ("axis", .string(series.axis.rawValue)),
            (
              "positions",
              .tensor(Tensor(series.positions.map(Int64.init), shape: [series.positions.count]))
            ),
            ("values", .tensor(Tensor(series.values, shape: [series.values.count]))),
          ]))
      })
  }

  init(state: StateValue) throws(Fault) {
    self.init()
    for item in try state.list() {
      let entry = try item.dictionary()
      guard let axis = Axis(rawValue: try entry.string("axis")) else {
        throw StateValue.damaged("axis")
      }
      let positions = try entry.elements("positions", of: Int64.self).map(Int.init)
      let values = try entry.elements("values", of: Double.self)
      guard positions.count == values.count else { throw StateValue.damaged("values") }
      series.append(
        Series(
          name: try entry.string("name"), axis: axis, positions: positions, values: values))
    }
  }
}
