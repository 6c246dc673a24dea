import Components
import Engine
import Script

/// The cases of a section with what its pipeline makes of each, from headers, from what the session has
/// kept, and for as long as the subject allows from the voxels themselves.
final class CheckedData {
  let dataset: CheckedComponent
  let source: any ListedDataset
  let pipeline: Compose
  let cases: [Sample]
  private let subject: CheckSubject
  private let section: Section

  /// Cases that are looked at; headers of more would take long on a slow disk.
  static let caseLimit = 512
  /// Larger cases are not read: it would take too long for a look.
  private static let byteLimit = 2 << 30

  /// What is known of one case.
  struct Case {
    var number: Int
    /// Nil when the pipeline cannot take it.
    var spec: SampleSpec?
    var fault: Fault?
    /// Nil when its voxels were not read.
    var labels: LabelValues?
  }

  /// Nil when the list, a file of it or a transform is not known or has a mistake of its own.
  init?(_ subject: CheckSubject, _ section: Section) {
    let loader = subject.part(
      section == .train ? "train_data_loader" : "val_data_loader", "dataloader", of: section)
    let node = loader?.node(of: "dataset") ?? subject.own("dataset", of: section)
    guard let node, let dataset = subject.component(at: node),
      let source = dataset.value as? any ListedDataset, dataset.isKnown,
      // What is wrong with the list is said by the rule of data.
      let listing = try? source.source.listing(QuietSink())
    else { return nil }
    (self.dataset, self.source, self.subject, self.section) = (dataset, source, subject, section)
    pipeline = source.transform?.built ?? Compose([])
    cases = listing.cases
  }

  private(set) lazy var previews: [Case] = preview()
  /// Cases whose voxels were not read: there was no time, or they are too large to be read at a glance.
  private(set) var unread = 0
  private(set) var hasHadTime = true

  private func preview() -> [Case] {
    let clock = ContinuousClock()
    let end = clock.now + subject.voxelTime
    var previews: [Case] = []
    for (index, sample) in cases.prefix(Self.caseLimit).enumerated() {
      if subject.session.cancellation.isRequested { break }
      var entry = Case(number: index + 1)
      do {
        if let prepared = try prepared(sample, mayRead: clock.now < end) {
          entry.labels = prepared.all.first?.tensor("label").map(LabelValues.init)
          entry.spec = try prepared.all.first.map { try pipeline.previewRest(SampleSpec($0)) }
        } else {
          if subject.voxelTime > .zero { unread += 1 }
          hasHadTime = hasHadTime && clock.now < end
          entry.spec = try pipeline.preview(SampleSpec(sample))
        }
      } catch {
        entry.fault = error as? Fault ?? Fault(.data, "\(error)")
      }
      previews.append(entry)
    }
    return previews
  }

  /// The case as the session has kept it, or is to keep it from now on.
  private func prepared(_ sample: Sample, mayRead: Bool) throws -> Samples? {
    let session = subject.session
    if let kept = session.cache.kept(sample, by: pipeline) { return kept }
    guard mayRead, subject.voxelTime > .zero else { return nil }
    // A case that cannot work by its headers, or would fill the memory, is not read.
    _ = try pipeline.preview(SampleSpec(sample))
    let limit = min(Self.byteLimit, subject.usableMemory / 8)
    if (byteCount(of: sample) ?? 0) > limit { return nil }
    session.output.write("reading \(sample.fileName("image") ?? "")", to: .progress)
    let world = TransformContext(
      output: QuietSink(), cancellation: session.cancellation, threads: ComputeThreads.count)
    return try session.cache.prepared(sample, by: pipeline, world)
  }

  /// Bytes of a case after the deterministic transforms; of those whose effect only voxels tell, before
  /// them. Nil for a case that cannot work.
  func byteCount(of sample: Sample) -> Int? {
    var spec = SampleSpec(sample)
    var known: Int?
    for transform in pipeline.transforms.prefix(pipeline.randomStart) {
      // A case that a transform cannot take has a finding of its own.
      guard let next = try? transform.preview(spec) else { return nil }
      spec = next
      known = spec.byteCount ?? known
    }
    return known
  }

  /// The file a message should name for a case.
  func fileName(_ number: Int, _ key: String = "image") -> String {
    cases[number - 1].fileName(key) ?? "case \(number)"
  }

  /// Every shape of an image that reaches the network, with the first case that has it.
  var shapes: [(number: Int, image: TensorSpec)] {
    var shapes: [(number: Int, image: TensorSpec)] = []
    for entry in previews {
      guard let image = entry.spec?.tensors["image"] else { continue }
      if !shapes.contains(where: { $0.image.shape == image.shape }) {
        shapes.append((entry.number, image))
      }
    }
    return shapes
  }
}
