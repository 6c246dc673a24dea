import Components

/// Files of one kind that a CheckpointSaver keeps: the best, the last, or one each interval
/// (ignite 0.4.8 `Checkpoint`).
///
/// Unlike ignite's, the surplus file goes only when the new one is safe.
struct CheckpointSeries {
  typealias Saved = (priority: Double, file: String)

  /// `key_metric`, `final_iteration`, `epoch` or `iteration`: what stands before `=` in a file name.
  let name: String
  /// How many to keep; nil keeps all.
  let count: Int?
  /// The one name of a series that replaces its file; nil makes a name of each priority.
  let fixedFile: String?
  /// `<prefix>_<name>_` or `checkpoint_`.
  let stem: String
  let replacesEqual: Bool
  let isMetric: Bool
  /// Worst first.
  private(set) var saved: [Saved] = []

  init(
    name: String, count: Int?, fixedFile: String?, stem: String, replacesEqual: Bool = false,
    isMetric: Bool = false
  ) {
    (self.name, self.count, self.fixedFile, self.stem) = (name, count, fixedFile, stem)
    (self.replacesEqual, self.isMetric) = (replacesEqual, isMetric)
  }

  /// Takes over what is on the disk.
  mutating func adopt(_ saved: [Saved]) { self.saved = saved }

  /// Whether something of that priority is worth a file; never when it is not a number.
  func wants(_ priority: Double) -> Bool {
    if priority.isNaN { return false }
    guard let count, saved.count >= count, let worst = saved.first else { return true }
    return replacesEqual ? priority >= worst.priority : priority > worst.priority
  }

  func file(for priority: Double) -> String {
    if let fixedFile { return fixedFile }
    let number = isMetric ? PythonNumber.text(of: priority, decimals: 4) : "\(Int(priority))"
    return "\(stem)_\(name)=\(number).pt"
  }

  /// Enters a file that was written; returns those to remove.
  mutating func add(_ priority: Double, file: String) -> [String] {
    saved.removeAll { $0.file == file }
    var surplus: [String] = []
    if let count {
      while saved.count >= max(count, 1) { surplus.append(saved.removeFirst().file) }
    }
    let place = saved.firstIndex { $0.priority > priority } ?? saved.endIndex
    saved.insert((priority, file), at: place)
    return surplus
  }
}
