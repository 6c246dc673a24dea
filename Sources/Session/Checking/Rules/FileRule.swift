import Components
import Engine
import Script

/// Files that are read and not there, folders that cannot be written, files that will be replaced.
struct FileRule: CheckRule {
  static let codes = [
    FindingCode("missing-file", "A file that is read is not there."),
    FindingCode("no-folder", "A folder cannot be written into."),
    FindingCode("overwritten", "Files that are there will be replaced."),
    FindingCode("same-output", "Two cases would be written to one file."),
  ]

  func findings(_ subject: CheckSubject) -> [Finding] {
    var findings: [Finding] = []
    for component in subject.components where !component.isCopy {
      guard let user = component.value as? any FileUser, component.isRight else { continue }
      findings += user.filesRead.compactMap { missing($0, component, subject) }
      findings += user.foldersWritten.compactMap { unwritable($0, component) }
      if let warning = replaced(user.filesReplaced, component) { findings.append(warning) }
    }
    for node in subject.nodes { findings += model(node, subject) }
    for section in subject.sections { findings += images(section, subject) }
    return findings
  }

  private func missing(
    _ file: FileUser.NamedFile, _ component: CheckedComponent, _ subject: CheckSubject
  ) -> Finding? {
    guard !component.open.contains(file.argument), !file.path.isEmpty,
      ConfigFile.kind(of: file.path) == nil
    else { return nil }
    let fault = subject.explained(Self.noFile(file.path, file.argument), component)
    return .error(component.place.locate(fault), Self.codes[0])
  }

  private static func noFile(_ path: String, _ argument: String) -> Fault {
    let folder = ConfigFile.folder(of: path)
    let name = String(path.dropFirst(folder.isEmpty ? 0 : folder.count + (folder == "/" ? 0 : 1)))
    let near = Spelling.nearest(to: name, among: ConfigFile.names(in: folder))
    let isFolderThere = folder.isEmpty || ConfigFile.kind(of: folder) == .folder
    return Fault(
      .file, "there is no file \(path.quoted)",
      got: isFolderThere ? nil : "there is no folder \(folder.quoted)",
      suggestion: near.map { ConfigFile.join(folder, $0) }, argument: [argument])
  }

  private func unwritable(
    _ folder: FileUser.NamedFile, _ component: CheckedComponent
  ) -> Finding? {
    guard !component.open.contains(folder.argument), !folder.path.isEmpty else { return nil }
    var existing = folder.path
    while !existing.isEmpty, ConfigFile.kind(of: existing) == nil {
      existing = ConfigFile.folder(of: existing)
    }
    let fault: Fault
    if ConfigFile.kind(of: existing.isEmpty ? "." : existing) == .file {
      fault = Fault(
        .file, "\(existing.quoted) is a file, not a folder", argument: [folder.argument])
    } else if !ConfigFile.isWritable(existing.isEmpty ? "." : existing) {
      fault = Fault(
        .file, "nothing can be written into \(existing.quoted)",
        remedy: "chmod u+w \(existing)", argument: [folder.argument])
    } else {
      return nil
    }
    return .error(component.place.locate(fault), Self.codes[1])
  }

  private func replaced(
    _ files: [FileUser.NamedFile], _ component: CheckedComponent
  ) -> Finding? {
    let there = files.filter {
      !component.open.contains($0.argument) && ConfigFile.kind(of: $0.path) == .file
    }
    guard let first = there.first else { return nil }
    return .warning(
      component.place.locate(Self.replaced(there.map(\.path), first.argument)), Self.codes[2])
  }

  private static func replaced(_ paths: [String], _ argument: String) -> Fault {
    let shown = paths.prefix(3).joined(separator: ", ")
    return Fault(
      .file,
      "a run replaces \(paths.count == 1 ? "a file" : "\(paths.count) files") that \(paths.count == 1 ? "is" : "are") there",
      got: shown + (paths.count > 3 ? " and \(paths.count - 3) more" : ""),
      remedy: "\(argument)=\"another folder\"", argument: [argument])
  }

  /// `ckpt_path` and `ts_path` stand in no component of a class.
  private func model(_ node: Node, _ subject: CheckSubject) -> [Finding] {
    guard let definition = subject.definition(of: node),
      case .component(let component) = definition.expression.form
    else { return [] }
    let argument: String
    switch component.target {
    case .checkpoint: argument = "ckpt_path"
    case .torchScript: argument = "ts_path"
    default: return []
    }
    guard let written = component.argument(argument),
      let value = try? subject.value(
        of: written, in: CheckScope(subject: subject, place: node.section)),
      case .string(let path) = value
    else { return [] }
    let place = subject.session.sources.place(written.span)
    let configPath = "\(node.configPath).\(argument)"
    do {
      _ = try SavedModel(
        path, isTorchScript: argument == "ts_path",
        hasAlternatives: component.attribute("disabled") != nil)
    } catch let fault as Fault {
      return [.error(fault.at(place, path: configPath))]
    } catch {
      return []
    }
    if ConfigFile.kind(of: path) != nil { return [] }
    return [.error(Self.noFile(path, argument).at(place, path: configPath), Self.codes[0])]
  }

  /// The masks of an evaluation, case by case.
  private func images(_ section: Section, _ subject: CheckSubject) -> [Finding] {
    guard let data = subject.data(in: section) else { return [] }
    var findings: [Finding] = []
    for component in subject.components
    where component.node?.section == section && component.node?.name == "post_transforms" {
      guard let saver = component.value as? SaveImaged, component.isKnown else { continue }
      var sources: [String: String] = [:]
      var there: [String] = []
      for (index, sample) in data.cases.enumerated() {
        guard let image = sample.fileName("image") else { continue }
        let metadata = Metadata(fileName: image, affine: .identity, spatialShape: [])
        var spec = SampleSpec()
        for key in saver.keys.values { spec.metadata[key] = metadata }
        // What is wrong with a name is told when the pipeline is looked at.
        guard let files = try? saver.files(for: spec) else { continue }
        for file in files {
          if let other = sources[file], other != image {
            findings.append(
              .error(component.place.locate(Self.clash(file, other, image)), Self.codes[3]))
          }
          sources[file] = image
          if ConfigFile.kind(of: file) == .file { there.append(file) }
        }
        if index > CheckedData.caseLimit { break }
      }
      if !there.isEmpty {
        findings.append(
          .warning(component.place.locate(Self.replaced(there, "output_dir")), Self.codes[2]))
      }
    }
    return findings
  }

  private static func clash(_ file: String, _ first: String, _ second: String) -> Fault {
    Fault(
      .file, "two cases would be written to one file", got: file,
      remedy: "set data_root_dir to the folder above both", argument: ["data_root_dir"],
      notes: [first, second])
  }
}
