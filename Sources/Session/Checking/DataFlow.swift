import Components
import Engine
import Script

/// The way of a section's images: pipeline, inferer, network, post transforms.
struct DataFlow {
  let subject: CheckSubject
  let section: Section
  let data: CheckedData
  let loader: CheckedComponent?
  let inferer: CheckedComponent?
  /// What the network makes of an input.
  private let preview: @Sendable (TensorSpec) throws(Fault) -> TensorSpec
  /// Nil for a network that comes out of a file.
  let network: CheckedComponent?

  /// Nil while the data or the network are not known.
  init?(_ subject: CheckSubject, _ section: Section) {
    guard let data = subject.data(in: section) else { return nil }
    (self.subject, self.section, self.data) = (subject, section, data)
    loader = subject.part(
      section == .train ? "train_data_loader" : "val_data_loader", "dataloader", of: section)
    inferer = subject.part("inferer", "inferer", of: section)
    network = subject.part("network", "model", of: section)
    if let network, let arguments = network.value as? any NetworkArguments, network.isKnown {
      preview = { (input: TensorSpec) throws(Fault) in try arguments.preview(input) }
      return
    }
    guard let node = subject.partNode("network", "model", of: section) else { return nil }
    if case .object(let object)? = subject.session.workbench.built(node)?.value,
      let live = object as? any Network
    {
      preview = { (input: TensorSpec) throws(Fault) in try live.preview(input) }
    } else if let saved = subject.savedNetwork(at: node) {
      preview = { (input: TensorSpec) throws(Fault) in try saved.preview(input) }
    } else {
      return nil
    }
  }

  /// What the network makes of one image `[C, spatial…]`, on the image's own grid.
  func output(for image: TensorSpec) throws(Fault) -> TensorSpec {
    let spatial = Array(image.shape.dropFirst())
    var input = spatial
    if let sliding = inferer?.value as? SlidingWindowInferer, inferer?.isKnown == true {
      input = sliding.window(for: spatial)
    }
    let result = try preview(
      TensorSpec(shape: [nil, image.shape.first ?? nil] + input, dtype: image.dtype))
    let channels = result.shape.count > 1 ? result.shape[1] : nil
    let isWindow = inferer?.value is SlidingWindowInferer
    return TensorSpec(
      shape: [channels] + (isWindow ? spatial : Array(result.shape.dropFirst(2))),
      dtype: result.dtype)
  }

  /// Channels of the network's output, where a case tells.
  var classCount: Int? {
    guard let image = data.shapes.first?.image, let output = try? output(for: image) else {
      return nil
    }
    return output.shape.first ?? nil
  }

  /// A fault of the network at its argument, or at who decides the size of its input.
  func locate(_ fault: Fault, inNetwork: Bool) -> Fault {
    if !inNetwork {
      let sized = fault
      if let inferer, inferer.value is SlidingWindowInferer, let argument = sizing(inferer) {
        return inferer.place.locate(blaming(argument, of: inferer, sized))
      }
      let steps = subject.components.filter {
        $0.node?.section == section && $0.node?.name == "pre_transforms"
      }
      if let crop = steps.last(where: { sizing($0) != nil }), let argument = sizing(crop) {
        return crop.place.locate(blaming(argument, of: crop, sized))
      }
    }
    if let network { return network.place.locate(fault) }
    guard let node = subject.partNode("network", "model", of: section),
      let binding = subject.bindings[node.section, node.name]
    else { return fault }
    return fault.at(
      subject.session.sources.place(binding.expression.span), path: node.configPath)
  }

  /// The fault as one of that argument, with sizes that would do.
  private func blaming(
    _ argument: String, of component: CheckedComponent, _ fault: Fault
  ) -> Fault {
    var fault = fault
    fault.argument = [argument]
    let written = component.place.component.argument(argument)
      .flatMap { try? subject.value(of: $0, in: CheckScope(subject: subject, place: section)) }
    if let node = component.node, let sizes = written?.elements?.compactMap({ Self.size($0) }),
      let channels = data.shapes.first?.image.shape.first
    {
      let fitting = sizes.indices.map { axis in
        (sizes[axis]..<sizes[axis] + 512).first { isTaken($0, axis, of: sizes.count, channels) }
      }
      if fitting.allSatisfy({ $0 != nil }) {
        fault.remedy = "\(node).\(argument) = \(fitting.compactMap { $0 })"
      }
    }
    return fault
  }

  private static func size(_ value: Value) -> Int? {
    if case .int(let size) = value, size > 0 { size } else { nil }
  }

  /// Whether the network takes images of that size along one axis.
  private func isTaken(_ size: Int, _ axis: Int, of rank: Int, _ channels: Int?) -> Bool {
    var shape = [Int?](repeating: nil, count: rank)
    shape[axis] = size
    return (try? preview(TensorSpec(shape: [nil, channels] + shape))) != nil
  }

  /// The argument that decides a size, where it is written.
  private func sizing(_ component: CheckedComponent) -> String? {
    ["roi_size", "spatial_size"].first { component.place.component.argument($0) != nil }
  }
}

extension CheckSubject {
  /// The network that a checkpoint names, without its weights; nil when that cannot be told.
  func savedNetwork(at node: Node) -> (any NetworkArguments)? {
    guard let definition = self.definition(of: node),
      case .component(let component) = definition.expression.form,
      case .checkpoint = component.target, let written = component.argument("ckpt_path"),
      let value = try? value(of: written, in: CheckScope(subject: self, place: node.section)),
      case .string(let path) = value, ConfigFile.kind(of: path) == .file,
      let model = try? SavedModel(path, isTorchScript: false)
    else { return nil }
    // A file that cannot be read is told when it is loaded.
    return try? model.arguments(session.catalog)
  }
}
