import Components
import Engine
import Script

/// What can be known to fail before anything is trained: shapes through the pipeline, of every case
/// from what is cached of it or from its headers, and on through the network.
struct Preflight {
  let session: EtudeSession

  /// Cases that are looked at; headers of more would take long on a slow disk.
  private static let caseLimit = 512

  /// Training, and the validation it leads to: its windows would fail only after the first epoch.
  func checkTraining() throws {
    try check(.train)
    if session.bindings[.validate, "evaluator"] != nil { try check(.validate) }
  }

  /// - Throws: the first thing that cannot work, at the place in the config that decides it.
  func check(_ section: Section) throws {
    guard case .object(let loaded)? = try session.object("dataloader", in: section),
      let loader = loaded as? DataLoader,
      let model = try network(for: section)
    else { return }
    let dataset = loader.dataset
    guard dataset.caseCount > 0 else {
      throw Fault(.data, "the data list has no cases", path: "\(section.rawValue).dataset")
    }
    var shapes: [(case: Int, shape: [Int?])] = []
    for index in 0..<min(dataset.caseCount, Self.caseLimit) {
      if session.cancellation.isRequested { throw Fault(.interrupted, "interrupted") }
      let prepared = try locate(["pre_transforms"], in: section) {
        do { return try dataset.previewed(at: index) } catch var fault as Fault {
          if dataset.caseCount > 1 {
            fault.notes.append("case \(index + 1) of \(dataset.caseCount)")
          }
          throw fault
        }
      }
      guard let image = prepared.tensors["image"] else { return }
      let isKnown = shapes.contains { $0.shape == image.shape }
      if !isKnown {
        try check(image, in: model, section)
        shapes.append((index, image.shape))
      }
    }
    try checkBatches(of: loader, shapes, section)
  }

  private func check(_ image: TensorSpec, in model: any Network, _ section: Section) throws {
    let (shape, blamed) = try input(image.shape, in: section)
    do { _ = try model.preview(TensorSpec(shape: [nil] + shape, dtype: image.dtype)) } catch {
      // Channels are the network's matter, sizes that of whoever cuts the patch.
      let isAboutChannels = error.argument == ["in_channels"]
      var fault = error
      if isAboutChannels, let channels = shape.first ?? nil {
        fault.remedy = "--set \(section == .train ? "train." : "")model.in_channels=\(channels)"
      }
      throw located(fault, isAboutChannels ? ["model"] : blamed, in: section)
    }
  }

  /// Cases of a batch are stacked, so they must be of one size.
  private func checkBatches(
    of loader: DataLoader, _ shapes: [(case: Int, shape: [Int?])], _ section: Section
  ) throws {
    guard loader.batchSize > 1, shapes.count > 1,
      shapes.allSatisfy({ !$0.shape.contains(nil) })
    else { return }
    let (first, other) = (shapes[0], shapes[1])
    let notes = [first, other].compactMap { entry in
      loader.dataset.listed(at: entry.case).fileName("image").map {
        "\(Self.text(entry.shape)) is \($0)"
      }
    }
    throw located(
      Fault(
        .shape, "the cases of a batch differ in shape", got: Self.text(other.shape),
        wanted: Self.text(first.shape), remedy: "crop or pad to one size, or set batch_size to 1",
        argument: ["batch_size"], notes: notes), ["dataloader"], in: section)
  }

  private static func text(_ shape: [Int?]) -> String {
    "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
  }

  private func network(for section: Section) throws -> (any Network)? {
    guard let binding = session.bindings.lookup("model", from: section),
      case .object(let object) = try session.value(of: binding.node)
    else { return nil }
    return object as? any Network
  }

  /// What the network sees: the patch, or the window of a sliding window.
  private func input(
    _ shape: [Int?], in section: Section
  ) throws -> (shape: [Int?], blamed: [String]) {
    guard case .object(let object)? = try session.object("inferer", in: section),
      let sliding = object as? SlidingWindows
    else { return (shape, ["pre_transforms", "model"]) }
    let window = sliding.window(for: Array(shape.dropFirst()))
    return ([shape.first ?? nil] + window, ["inferer", "model"])
  }

  /// Runs a check and gives its fault the place of the first of `names` that the section has.
  private func locate<R>(
    _ names: [String], in section: Section, _ check: () throws -> R
  ) throws -> R {
    do { return try check() } catch let fault as Fault { throw located(fault, names, in: section) }
  }

  private func located(_ fault: Fault, _ names: [String], in section: Section) -> Fault {
    guard
      let binding = names.lazy.compactMap({ session.bindings.lookup($0, from: section) }).first
    else { return fault }
    var span = binding.expression.span
    if case .component(let component) = binding.expression.form {
      let written = fault.argument.first.flatMap { component.argument($0) }
      span = written?.span ?? component.targetSpan
    }
    return fault.at(session.sources.place(span), path: binding.node.configPath)
  }
}
