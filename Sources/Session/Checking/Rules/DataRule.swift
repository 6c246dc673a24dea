import Components
import Engine
import Script

/// The data lists, their files, and every case through the pipeline.
struct DataRule: CheckRule {
  static let codes = [
    FindingCode("data-list", "A data list is not there, cannot be read or has no such key."),
    FindingCode("data-leak", "Cases to validate on are also trained on."),
    FindingCode("missing-files", "Files that a data list names are not there."),
    FindingCode("pipeline", "A transform cannot work on a case."),
    FindingCode("unread-cases", "The voxels of some cases were not read: no time, or too large."),
  ]

  func findings(_ subject: CheckSubject) throws -> [Finding] {
    var findings: [Finding] = []
    for section in subject.sections {
      if let broken = try list(section, subject) { findings.append(broken) }
      guard let data = subject.data(in: section) else { continue }
      do throws(Fault) {
        try data.source.source.requireFiles(of: data.cases, for: data.pipeline)
      } catch {
        findings.append(.error(data.dataset.place.locate(error), Self.codes[2]))
        continue
      }
      findings += pipeline(data)
      try subject.checkCancellation()
    }
    return findings + leaks(subject)
  }

  /// A list that cannot be read; nil where it can, or where its name is not known.
  private func list(_ section: Section, _ subject: CheckSubject) throws -> Finding? {
    guard let node = subject.bindings[section, "dataset"]?.node,
      let dataset = subject.component(at: node), let source = dataset.value as? any ListedDataset,
      dataset.open.isDisjoint(with: ["data", "data_list_file_path", "data_list_key"]),
      dataset.isRight
    else { return nil }
    do {
      let listing = try source.source.listing(QuietSink())
      guard listing.cases.isEmpty else { return nil }
      return .error(
        dataset.place.locate(Fault(.data, "the data list has no cases", argument: ["data"])),
        Self.codes[0])
    } catch var fault as Fault {
      if fault.argument.isEmpty {
        fault.argument = [
          fault.kind == .data && source.source.listKey != nil && fault.message.contains("key")
            ? "data_list_key" : "data_list_file_path"
        ]
      }
      if fault.kind == .file, fault.remedy == nil {
        fault.remedy = remedy(dataset.place.component.attribute("data_list_file_path"))
      }
      return .error(
        dataset.place.locate(subject.explained(fault, dataset)), Self.codes[0])
    }
  }

  private func remedy(_ written: Expression?) -> String {
    guard case .variable(let name)? = written?.form else {
      return "etude dataset synthesize data --shape 64 64 64"
    }
    return "--set \(name)=data/dataset.json"
  }

  /// One finding for what several cases have in common.
  private func pipeline(_ data: CheckedData) -> [Finding] {
    var groups: [(fault: Fault, numbers: [Int])] = []
    for entry in data.previews {
      guard let fault = entry.fault else { continue }
      if fault.kind == .interrupted { break }
      let known = groups.firstIndex {
        $0.fault.message == fault.message && $0.fault.place == fault.place
      }
      if let known {
        groups[known].numbers.append(entry.number)
      } else {
        groups.append((fault, [entry.number]))
      }
    }
    var findings = groups.map { group -> Finding in
      var fault = group.fault
      if fault.remedy == nil, [.file, .format].contains(fault.kind) {
        fault.remedy = "repair this file or take its case off the data list"
      }
      let others = group.numbers.dropFirst().prefix(3).map { data.fileName($0) }
      fault.notes.append("case \(group.numbers[0]) of \(data.cases.count)")
      if !others.isEmpty {
        let rest = group.numbers.count - 1 - others.count
        fault.notes.append(
          "also \(others.joined(separator: ", "))" + (rest > 0 ? " and \(rest) more" : ""))
      }
      return .error(data.dataset.place.locate(fault), Self.codes[3])
    }
    if data.unread > 0 {
      findings.append(
        .note(
          Fault(
            .limit, "the voxels of \(data.unread) of \(data.cases.count) cases were not read",
            path: data.dataset.place.path,
            notes: [
              data.hasHadTime
                ? "they are too large for a look; their headers were read"
                : "their headers were; check() goes on where it stopped"
            ]), Self.codes[4]))
    }
    return findings
  }

  private func leaks(_ subject: CheckSubject) -> [Finding] {
    guard let training = subject.data(in: .train), let validation = subject.data(in: .validate)
    else { return [] }
    let trained = Set(training.cases.compactMap { $0.fileName("image") })
    let shared = validation.cases.compactMap { $0.fileName("image") }.filter(trained.contains)
    guard let first = shared.first else { return [] }
    let fault = Fault(
      .data, "\(shared.count) of the \(validation.cases.count) validation cases are trained on too",
      got: first, remedy: "etude dataset split LIST", argument: ["data_list_key"])
    return [.warning(validation.dataset.place.locate(fault), Self.codes[1])]
  }
}
