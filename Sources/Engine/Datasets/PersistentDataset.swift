import Components

/// A dataset whose cases are kept in files after the deterministic transforms, across runs.
///
/// Source: `monai.data.PersistentDataset` 0.8.1. A case is found again while its data list entry, its
/// files (path, size, time of change) and the text of the transforms before the first random one are as
/// they were; MONAI looks at the entry alone. A file that is damaged is made anew.
public struct PersistentDataset: ListedDataset {
  public var source = CaseSource()
  public var transform: Ref<Transforms>?
  public var cacheFolder: PathArgument?
  public var hashFunction: Value = .none
  public var pickleModule = "pickle"
  public var pickleProtocol: Int?

  public init() {}

  public static let schema = Schema<Self>(
    "PersistentDataset", "Cases of a data list, kept in files after the deterministic transforms.",
    .data, .optional("transform", \.transform, "The transforms every case goes through."),
    .optional("cache_dir", \.cacheFolder, "Folder for the files; None keeps nothing."),
    .optional("hash_func", \.hashFunction, "Cases are told apart by content, whatever it says."),
    .optional("pickle_module", \.pickleModule, "Files are .pt checkpoints, whatever it says."),
    .optional("pickle_protocol", \.pickleProtocol, "Files are .pt checkpoints, whatever it says."),
    .listFile, .baseFolder, .listKey)

  public func build(_ context: RunContext) throws -> any Object {
    let pipeline = transform?.built ?? Compose([])
    let listing = try source.listing(for: pipeline, context.output)
    let store = try cacheFolder.map { try SampleStore(folder: $0.path) }
    return PersistedDataset(
      listing.cases, pipeline, in: store, labels: listing.labels, context)
  }
}

/// The live form of `PersistentDataset`.
public final class PersistedDataset: Dataset {
  private let cases: [Sample]
  private let store: SampleStore?
  private let prefix: String?
  private let remarks = NoteOnce()
  public let pipeline: Compose
  public let inspection: Inspection
  public let labels: [Int: String]

  init(
    _ cases: [Sample], _ pipeline: Compose, in store: SampleStore?, labels: [Int: String] = [:],
    _ context: RunContext
  ) {
    (self.cases, self.pipeline, self.store, self.labels) = (cases, pipeline, store, labels)
    inspection = Inspection(pipeline, context)
    prefix = pipeline.prefixText
  }

  public var kind: String { "PersistentDataset" }
  public var summary: String {
    let place = store.map { ", kept in \($0.folder)" } ?? ""
    return "PersistentDataset of \(cases.count) cases\(place)"
  }
  public var caseCount: Int { cases.count }
  public func listed(at index: Int) -> Sample { cases[index] }

  public func samples(
    at index: Int, _ streams: inout PipelineStreams, _ context: TransformContext
  ) throws -> Samples {
    try pipeline.applyRest(try prepared(cases[index], context), &streams, context)
  }

  /// From its file when nothing has changed, else made and kept; a disk that takes no more costs time
  /// only.
  private func prepared(_ sample: Sample, _ context: TransformContext) throws -> Samples {
    guard let store, let prefix else {
      if store != nil {
        remarks.note(
          "PersistentDataset keeps nothing: a transform has an argument that no text stands for",
          context)
      }
      return try pipeline.applyPrefix(sample, context)
    }
    let key = sample.identity + "|" + prefix
    do {
      if let kept = try store.samples(for: key) { return kept }
    } catch {
      remarks.note("\(store.file(for: key)) is damaged and made anew", context)
    }
    let made = try pipeline.applyPrefix(sample, context)
    do {
      if try !store.keep(made, for: key) {
        remarks.note("PersistentDataset keeps no case that holds objects or functions", context)
      }
    } catch let fault as Fault {
      remarks.note("a case is not kept: \(fault.message)", context)
    }
    return made
  }
}
