import Components
import Engine
import Script

/// The class numbers in the labels against the network's channels. Needs voxels.
struct LabelRule: CheckRule {
  static let codes = [
    FindingCode("label-fraction", "Labels hold values between class numbers."),
    FindingCode("label-values", "Labels hold class numbers that the network has no channel for."),
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    subject.sections.flatMap { section -> [Finding] in
      guard let flow = DataFlow(subject, section), let channels = flow.classCount else { return [] }
      // One channel tells one class from the background.
      let classes = max(channels, 2)
      return [outside(0..<classes, flow), fractions(flow)].compactMap { $0 }
    }
  }

  private func outside(_ range: Range<Int>, _ flow: DataFlow) -> Finding? {
    let cases = flow.data.previews.compactMap { entry -> (number: Int, values: [Int])? in
      let odd = (entry.labels?.classes ?? []).filter { !range.contains($0) }
      return odd.isEmpty ? nil : (entry.number, odd)
    }
    guard !cases.isEmpty else { return nil }
    let values = Set(cases.flatMap(\.values)).sorted()
    let largest = values.last ?? 0
    let text = values.prefix(8).map(String.init).joined(separator: ", ")
    var remedies = "correct the labels"
    if largest >= range.upperBound {
      remedies = "--set train.model.out_channels=\(largest + 1), or correct the labels"
    }
    var fault = Fault(
      .data, "\(cases.count) of \(flow.data.cases.count) labels hold values without a class",
      got: text, wanted: "0 to \(range.upperBound - 1)", remedy: remedies,
      argument: ["out_channels"],
      notes: cases.prefix(3).map { entry in
        let own = entry.values.prefix(8).map(String.init).joined(separator: ", ")
        return "\(own) in \(flow.data.fileName(entry.number, "label"))"
      })
    if cases.count > 3 { fault.notes.append("and \(cases.count - 3) more") }
    return .error(flow.locate(fault, inNetwork: true), Self.codes[1])
  }

  private func fractions(_ flow: DataFlow) -> Finding? {
    let cases = flow.data.previews.filter { $0.labels?.fraction != nil }
    guard let first = cases.first, let fraction = first.labels?.fraction else { return nil }
    let resampling = flow.subject.components.last {
      $0.node?.section == flow.section && $0.value is Spacingd
    }
    let isNumber = !fraction.isNaN
    let what = isNumber ? "between class numbers" : "that are not numbers (NaN)"
    let fault = Fault(
      .data, "labels hold values \(what)", got: "\(fraction)", wanted: "whole numbers",
      remedy: isNumber ? "\"mode\": [\"bilinear\", \"nearest\"]" : nil,
      argument: resampling == nil || !isNumber ? [] : ["mode"],
      notes: ["in \(flow.data.fileName(first.number, "label")) after the transforms"])
    return .error((resampling ?? flow.data.dataset).place.locate(fault), Self.codes[0])
  }
}
