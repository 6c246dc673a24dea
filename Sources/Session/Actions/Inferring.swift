import Components
import Engine
import Script

/// `infer`: one case through the validation's pipeline.
extension EtudeSession {
  var inferAction: Builtin {
    Builtin(
      "infer",
      "The prediction for one image, by the validation's pipeline; output= writes it as NIfTI.",
      effect: .action, BuiltinParameter<Value>("image"),
      BuiltinParameter<PathArgument?>("output", default: nil)
    ) { [self] _, image, output in
      .tensor(try infer(image, output: output?.path))
    }
  }

  private func infer(_ image: Value, output: String?) throws -> Tensor {
    if let output, ![".nii", ".nii.gz"].contains(PathName.suffix(of: output)) {
      throw Fault(
        .invalid, "a prediction is written as NIfTI", got: output.quoted,
        wanted: "a name that ends in .nii.gz or .nii", argument: ["output"])
    }
    let samples = try Self.samples(image)
    if output != nil, samples.count != 1 {
      throw Fault(
        .invalid, "one file holds one prediction", got: "a batch of \(samples.count)",
        wanted: "one image", argument: ["output"])
    }
    let inference = try inference(isPrepared: samples.allSatisfy { $0.tensor("image") != nil })
    let results = try samples.map { try inference.predict($0) }
    if let output {
      try inference.write(results[0], to: output)
      note("wrote \(output)")
    }
    if case .object(let object as TensorObject) = image, object.tensor.rank == 5 {
      return try Tensor.stacked(results.map(\.prediction))
    }
    return results[0].prediction
  }

  /// The parts of the validation that a prediction needs; neither its data nor its metrics are touched.
  private func inference(isPrepared: Bool) throws -> CaseInference {
    guard let binding = bindings.lookup("model", from: .validate),
      case .object(let network as any Network) = try value(of: binding.node)
    else {
      throw Fault(
        .state, "there is no model to infer with", remedy: "load(\"examples/spleen\")")
    }
    let pre = try object("pre_transforms", in: .validate)
    if pre == nil, !isPrepared {
      throw Fault(
        .state, "nothing says how an image is prepared", wanted: "validate.pre_transforms",
        remedy: "validate.pre_transforms = [LoadImaged(keys=\"image\"), "
          + "EnsureChannelFirstd(keys=\"image\")]")
    }
    func part<Part>(_ value: Value?, as type: Part.Type) -> Part? {
      if case .object(let object)? = value { object as? Part } else { nil }
    }
    return try CaseInference(
      network: network,
      inferer: part(try object("inferer", in: .validate), as: (any Inferer).self),
      pre: part(pre, as: Compose.self),
      post: part(try object("post_transforms", in: .validate), as: Compose.self),
      isMixed: try isMixedInValidation(), try runContext())
  }

  /// `amp` as the evaluator has it, else as the config does.
  private func isMixedInValidation() throws -> Bool {
    if let evaluator = bindings[.validate, "evaluator"]?.expression.component,
      let written = evaluator.argument("amp")
    {
      return try bindings.value(of: written, from: .validate).isTruthy
    }
    return try RunSettings(bindings).amp
  }

  /// A path or a case of a data list, which the pipeline loads; or what is loaded and prepared already.
  private static func samples(_ image: Value) throws -> [Sample] {
    switch image {
    case .string: return [Sample(["image": image])]
    case .dict(let entries): return [Sample(entries)]
    case .object(let object as SampleObject):
      var sample = object.sample
      // A prediction of before is not to be taken for part of the case.
      sample["pred"] = nil
      return [sample]
    case .object(let object as TensorObject):
      let tensor = object.tensor.plain
      switch tensor.rank {
      case 3, 4: return [sample(tensor)]
      case 5: return tensor.unstacked().map(sample)
      default:
        throw Fault(
          .shape, "this is no image", got: "\(tensor.shape)",
          wanted: "[channels, x, y, z], or a batch of them", argument: ["image"])
      }
    default:
      throw Fault.wrongType(wanted: "path, sample or tensor", got: image).inArgument("image")
    }
  }

  private static func sample(_ image: Tensor) -> Sample {
    var sample = Sample()
    sample["image"] = .tensor(image)
    return sample
  }
}
