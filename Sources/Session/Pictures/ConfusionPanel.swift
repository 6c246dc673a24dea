import Components
import Engine
import Plotting

/// Panels that show which class was taken for which.
enum ConfusionPanel {
  static func of(_ run: Run, _ label: String) throws(Fault) -> Panel {
    guard let confusion = run.confusion else {
      throw Fault(
        .state, "the run has no voxels by class: it ended without a validation of class maps",
        remedy: "plot(validate(), kind=\"confusion\")")
    }
    return panel(
      label.isEmpty ? "voxels by class" : "voxels by class, \(label)", confusion.classes,
      confusion.confusion.counts)
  }

  /// Of a prediction and a truth; nil when there are no two label maps among the values.
  static func ofMaps(_ values: [Value]) throws -> Panel? {
    let maps = values.filter {
      switch $0 {
      case .string: true
      case .object(let object): object is TensorObject || object is SampleObject
      default: false
      }
    }
    guard !maps.isEmpty else { return nil }
    guard maps.count == 2, values.count == 2 else {
      throw Fault(
        .invalid, "a confusion matrix is made of a prediction and a truth",
        got: "\(values.count) values", wanted: "two label maps, or a run",
        remedy: "plot(infer(case), case[\"label\"], kind=\"confusion\")")
    }
    let prediction = try ShownVolume(values[0], key: "pred")
    let truth = try ShownVolume(values[1], key: "label")
    var confusion = Confusion()
    try confusion.add(prediction: prediction.tensor, label: truth.tensor)
    return panel(
      "voxels by class", confusion.counts.indices.map { "class\($0)" }, confusion.counts)
  }

  private static func panel(
    _ title: String, _ classes: [String], _ counts: [[Int]]
  ) -> Panel {
    Panel(
      title, x: Axis("predicted"), y: Axis("truth"),
      .matrix(ClassMatrix(classes: classes, counts: counts)))
  }
}
