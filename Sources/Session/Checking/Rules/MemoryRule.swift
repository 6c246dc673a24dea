import Components
import Engine
import Script

/// What a run takes: memory for kept cases, steps in an epoch.
struct MemoryRule: CheckRule {
  static let codes = [
    FindingCode("cache-memory", "The cases to keep take more memory than the machine has."),
    FindingCode("no-steps", "An epoch has no step."),
    steps,
  ]

  static let steps = FindingCode("steps", "How many steps an epoch and the whole run have.")

  func findings(_ subject: CheckSubject) -> [Finding] {
    subject.sections.flatMap { section -> [Finding] in
      guard let data = subject.data(in: section) else { return [] }
      return cache(data, subject) + (section == .train ? steps(data, subject) : [])
    }
  }

  private func cache(_ data: CheckedData, _ subject: CheckSubject) -> [Finding] {
    guard let dataset = data.source as? CacheDataset else { return [] }
    let kept = dataset.keptCount(of: data.cases.count)
    // Enough for a mean; every one of them is a file to open.
    let looked = data.cases.prefix(64)
    let sizes = looked.compactMap { data.byteCount(of: $0) }
    guard kept > 0, let largest = sizes.max(), !sizes.isEmpty else { return [] }
    let mean = sizes.reduce(0, +) / sizes.count
    let need = mean * kept
    let memory = subject.usableMemory
    // A training needs something beside its data.
    let room = memory / 10 * 8
    guard memory > 0, need > room else { return [] }
    return [
      .warning(
        data.dataset.place.locate(
          Fault(
            .limit, "\(kept) cases to keep take up to \(Self.text(need)) of memory",
            wanted: "at most \(Self.text(room))",
            remedy: "\"cache_num\": \(max(room / max(mean, 1), 0))", argument: ["cache_num"],
            notes: [
              "this machine has \(Self.text(memory)); the largest case takes \(Self.text(largest))",
              "cases that are not kept are read again in every epoch",
            ])), Self.codes[0])
    ]
  }

  private static func text(_ bytes: Int) -> String {
    let gibibytes = Double(bytes) / Double(1 << 30)
    if gibibytes < 1 { return "\(bytes >> 20) MiB" }
    return "\((gibibytes * 10).rounded() / 10) GiB"
  }

  private func steps(_ data: CheckedData, _ subject: CheckSubject) -> [Finding] {
    guard let loader = subject.part("train_data_loader", "dataloader", of: .train),
      let arguments = loader.value as? DataLoaderArguments,
      loader.isRight, loader.open.isDisjoint(with: ["batch_size", "drop_last"])
    else { return [] }
    let (cases, size) = (data.cases.count, arguments.batchSize)
    let count = arguments.dropLast ? cases / size : (cases + size - 1) / size
    if count == 0 {
      return [
        .error(
          loader.place.locate(
            Fault(
              .invalid, "no batch is full, and drop_last leaves out those that are not",
              got: "\(cases) cases", wanted: "at least \(size)", remedy: "\"drop_last\": false",
              argument: ["drop_last"])), Self.codes[1])
      ]
    }
    var text =
      "\(cases) \(cases == 1 ? "case" : "cases") in batches of \(size): "
      + "\(count) \(count == 1 ? "step" : "steps") an epoch"
    if let trainer = subject.engine(of: .train)?.value as? SupervisedTrainerArguments {
      text += ", \(count * trainer.maxEpochs) in \(trainer.maxEpochs) epochs"
    }
    return [.note(Fault(.state, text, path: loader.place.path), Self.steps)]
  }
}
