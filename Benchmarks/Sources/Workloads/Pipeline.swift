import Components
import Engine
import Foundation

/// The seed's pre_transforms: those before the random ones, and those from there on.
private func preTransforms(
  _ context: RunContext, crop: [Int] = [96, 96, 96]
) throws -> (fixed: [Compose], random: [Compose]) {
  let keys = Value.strings(["image", "label"])
  let fixed: [any Buildable] = [
    try LoadImaged.make(["keys": keys]),
    try EnsureChannelFirstd.make(["keys": keys]),
    try ScaleIntensityRanged.make([
      "keys": .string("image"), "a_min": .int(-57), "a_max": .int(164), "b_min": .int(0),
      "b_max": .int(1), "clip": .bool(true),
    ]),
    try CropForegroundd.make(["keys": keys, "source_key": .string("image")]),
  ]
  let random: [any Buildable] = [
    try RandCropByPosNegLabeld.make([
      "keys": keys, "label_key": .string("label"), "spatial_size": .ints(crop),
      "pos": .int(1), "neg": .int(1), "num_samples": .int(4), "image_key": .string("image"),
      "image_threshold": .int(0),
    ]),
    try RandShiftIntensityd.make([
      "keys": .string("image"), "offsets": .double(0.1), "prob": .double(0.5),
    ]),
    try ToTensord.make(["keys": keys]),
  ]
  return (try fixed.map { try compose($0, context) }, try random.map { try compose($0, context) })
}

private func compose(_ part: any Buildable, _ context: RunContext) throws -> Compose {
  guard let compose = try part.build(context) as? Compose else {
    throw Fault(.wrongType, "\(type(of: part)) is no transform")
  }
  return compose
}

private func cases(_ options: Options) throws -> [ValueDictionary] {
  try DataList.read(options.string("data", "data") + "/dataset.json", section: "training").items
}

/// One part of the pipeline on each of the samples, timed under the part's name.
private func run(
  _ part: Compose, on samples: Samples, _ world: TransformContext,
  into times: inout [String: [Timing]]
) throws -> Samples {
  var streams = part.streams(seed: 0)
  let clock = Clock()
  let results = try samples.all.flatMap { try part.apply($0, &streams, world).all }
  times[part.summary, default: []].append(clock.stop())
  return .many(results)
}

/// Each case through the whole chain, as one and by transform; the first pass is not counted.
func transforms(_ options: Options) throws -> [String: [Timing]] {
  let context = options.context()
  let world = TransformContext(context)
  let (fixed, random) = try preTransforms(context)
  var times: [String: [Timing]] = [:]
  for repetition in 0...options.int("repeats", 3) {
    if repetition == 1 { times = [:] }
    for item in try cases(options) {
      var samples = Samples.one(Sample(item))
      let clock = Clock()
      for part in fixed + random { samples = try run(part, on: samples, world, into: &times) }
      times["chain", default: []].append(clock.stop())
    }
  }
  return times
}

/// Filling a CacheDataset with every case of the list, then drawing from it.
func cache(_ options: Options) throws -> [String: [Timing]] {
  let context = options.context()
  let (fixed, random) = try preTransforms(
    context, crop: options.ints("crop", [96, 96, 96]))
  let pipeline = Compose(fixed + random)
  let items = try cases(options).map(Sample.init)
  var dataset: CachedDataset?
  let fill = try timed(options.int("repeats", 3), warmup: 0) {
    dataset = nil
    let fresh = RunContext(
      output: context.output, cancellation: context.cancellation, generator: context.generator,
      seed: 0, threads: context.threads)
    dataset = try CachedDataset(
      items, pipeline, keeping: items.count, threads: context.threads, showsProgress: false, fresh)
  }
  guard let dataset else { return ["fill": fill] }
  var streams = pipeline.streams(seed: 0)
  let draws = try timed(20, warmup: 2) {
    _ = try dataset.samples(at: 0, &streams, TransformContext(context))
  }
  let loader = DataLoader(
    dataset: dataset, batchSize: 2, shuffle: true, workers: 4, generator: context.generator)
  let epochs = try timed(5) {
    let batches = try loader.makeIterator(context)
    while try batches.next() != nil {}
  }
  return ["fill": fill, "random part": draws, "loader epoch": epochs]
}

/// A prediction of two classes made discrete and measured.
func post(_ options: Options) throws -> [String: [Timing]] {
  let context = options.context()
  let world = TransformContext(context)
  let shape = options.ints("shape", [512, 512, 100])
  let repeats = options.int("repeats", 5)
  var sample = Sample()
  sample["pred"] = .tensor(noise([2] + shape))
  sample["label"] = .tensor(
    Tensor(
      noise([1] + shape, seed: 2).elements(of: Float.self).map { $0 > 0.9 ? 1 : 0 } as [Float],
      shape: [1] + shape))
  let argmax = try compose(
    AsDiscreted.make(["keys": .string("pred"), "argmax": .bool(true)]), context)
  let softmax = try compose(
    Activationsd.make(["keys": .string("pred"), "softmax": .bool(true)]), context)
  let oneHot = try compose(
    AsDiscreted.make([
      "keys": .strings(["pred", "label"]), "argmax": .list([.bool(true), .bool(false)]),
      "to_onehot": .int(2),
    ]), context)
  var none = PipelineStreams([])
  var times: [String: [Timing]] = [:]
  times["argmax"] = try timed(repeats) {
    var streams = argmax.streams(seed: 0)
    _ = try argmax.apply(sample, &streams, world)
  }
  let chain = Compose([softmax, oneHot])
  var discrete = sample
  times["softmax argmax one-hot"] = try timed(repeats) {
    none = chain.streams(seed: 0)
    discrete = try chain.apply(sample, &none, world).all[0]
  }
  let metric = DiceMetric(
    try MeanDice.make(["include_background": .bool(false)]), threads: context.threads)
  guard let prediction = discrete.tensor("pred"), let label = discrete.tensor("label") else {
    throw Fault(.data, "no prediction")
  }
  let output = Value.tuple([.list([.tensor(prediction)]), .list([.tensor(label)])])
  times["MeanDice"] = try timed(repeats) {
    metric.reset()
    try metric.update(output, world.call)
    _ = try metric.compute()
  }
  return times
}

/// A prediction taken back to the file's grid and written.
func save(_ options: Options) throws -> [String: [Timing]] {
  let context = options.context()
  let world = TransformContext(context)
  let pre = Compose(try preTransforms(context).fixed)
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
  let parts: [(String, Compose)] = [
    (
      "Invertd",
      try compose(
        Invertd.make([
          "keys": .string("pred"), "transform": .object(pre), "orig_keys": .string("image"),
          "meta_keys": .string("pred_meta_dict"), "nearest_interp": .bool(false),
        ]), context)
    ),
    (
      "argmax",
      try compose(AsDiscreted.make(["keys": .string("pred"), "argmax": .bool(true)]), context)
    ),
    (
      "SaveImaged",
      try compose(
        SaveImaged.make([
          "keys": .string("pred"), "output_dir": .string(folder), "resample": .bool(false),
          "meta_keys": .string("pred_meta_dict"), "print_log": .bool(false),
        ]), context)
    ),
  ]
  var streams = pre.streams(seed: 0)
  var sample = try pre.apply(Sample(try cases(options)[0]), &streams, world).all[0]
  guard let image = sample.tensor("image") else { throw Fault(.data, "no image") }
  sample["pred"] = .tensor(noise([2] + image.shape.dropFirst()))
  var times: [String: [Timing]] = [:]
  for repetition in 0...options.int("repeats", 5) {
    if repetition == 1 { times = [:] }
    var samples = Samples.one(sample)
    for (name, part) in parts {
      var streams = part.streams(seed: 0)
      let clock = Clock()
      samples = try part.apply(samples.all[0], &streams, world)
      times[name, default: []].append(clock.stop())
    }
  }
  try FileManager.default.removeItem(atPath: folder)
  return times
}
