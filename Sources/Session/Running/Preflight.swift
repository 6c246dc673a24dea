import Components
import Engine
import Script

/// What can be known to fail before anything is trained: shapes through the pipeline, from the header
/// of a case, and on through the network.
struct Preflight {
  let session: EtudeSession

  /// - Throws: the first thing that cannot work, at the place in the config that decides it.
  func check(_ section: Section) throws {
    guard case .object(let loaded)? = try session.object("dataloader", in: section),
      let loader = loaded as? DataLoader,
      let model = try network(for: section)
    else { return }
    guard loader.dataset.caseCount > 0 else {
      throw Fault(.data, "the data list has no cases", path: "\(section.rawValue).dataset")
    }
    let spec = SampleSpec(loader.dataset.listed(at: 0))
    let prepared = try locate(["pre_transforms"], in: section) {
      try loader.dataset.pipeline.preview(spec)
    }
    guard let image = prepared.tensors["image"] else { return }
    let patch = try input(image.shape, in: section)
    _ = try locate(patch.blamed, in: section) {
      try model.preview(TensorSpec(shape: [nil] + patch.shape, dtype: image.dtype))
    }
  }

  private func network(for section: Section) throws -> (any Network)? {
    guard let binding = session.bindings.lookup("model", from: section),
      case .object(let object) = try session.value(of: binding.node)
    else { return nil }
    return object as? any Network
  }

  /// What the network sees: the patch, or the window of a sliding window.
  private func input(_ shape: [Int?], in section: Section) throws -> (
    shape: [Int?], blamed: [String]
  ) {
    guard case .object(let object)? = try session.object("inferer", in: section),
      let sliding = object as? SlidingWindows
    else { return (shape, ["pre_transforms", "model"]) }
    return (
      [shape.first ?? nil] + sliding.window(for: Array(shape.dropFirst())), ["inferer", "model"]
    )
  }

  /// Runs a check and gives its fault the place of the first of `names` that the section has.
  private func locate<R>(_ names: [String], in section: Section, _ check: () throws -> R) throws
    -> R
  {
    do { return try check() } catch let fault as Fault {
      let binding = names.lazy.compactMap { session.bindings.lookup($0, from: section) }.first
      throw fault.at(
        binding.map { session.sources.place($0.expression.span) }, path: binding?.node.configPath)
    }
  }
}
