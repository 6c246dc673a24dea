import Components
import Synchronization

/// One filling of a cache: several threads prepare cases, each taking the next that nobody has.
final class CacheFill: Sendable {
  private struct State {
    var results: [Int: Samples] = [:]
    var faults: [Int: Fault] = [:]
    var done = 0
  }

  private let cases: [Sample]
  private let pipeline: Compose
  private let showsProgress: Bool
  private let context: RunContext
  private let prefix: String?
  private let nextCase = Atomic<Int>(0)
  private let state = Mutex(State())

  init(_ cases: [Sample], _ pipeline: Compose, showsProgress: Bool, _ context: RunContext) {
    (self.cases, self.pipeline, self.context) = (cases, pipeline, context)
    self.showsProgress = showsProgress
    prefix = pipeline.prefixText
  }

  /// The cases in order, after the deterministic part of the pipeline.
  func run(threads: Int) throws -> [Samples] {
    let workers = max(min(threads, cases.count), 1)
    let each = TransformContext(
      output: context.output, cancellation: context.cancellation,
      threads: max(context.threads / workers, 1))
    var others: [WorkerThread] = []
    defer { for thread in others { thread.join() } }
    for _ in 1..<workers { others.append(try WorkerThread { self.work(each) }) }
    work(each)
    for thread in others { thread.join() }
    others = []
    if context.cancellation.isRequested {
      throw Fault(.interrupted, "interrupted while caching")
    }
    let (results, faults) = state.withLock { ($0.results, $0.faults) }
    if !faults.isEmpty { throw Self.failure(faults, of: cases.count) }
    return cases.indices.compactMap { results[$0] }
  }

  private func work(_ context: TransformContext) {
    while !context.cancellation.isRequested {
      let index = nextCase.add(1, ordering: .relaxed).oldValue
      guard index < cases.count else { return }
      let result = prepared(cases[index], context)
      let done = state.withLock { state in
        switch result {
        case .success(let samples): state.results[index] = samples
        case .failure(let fault): state.faults[index] = fault
        }
        state.done += 1
        return state.done
      }
      if showsProgress { context.output.write("caching \(done)/\(cases.count)", to: .progress) }
    }
  }

  /// From the session's cache when nothing has changed, else made and put there.
  private func prepared(_ sample: Sample, _ context: TransformContext) -> Result<Samples, Fault> {
    do {
      return .success(
        try self.context.cache.prepared(sample, by: pipeline, prefix: prefix, context))
    } catch {
      return .failure(error as? Fault ?? Fault(.data, "\(error)"))
    }
  }

  /// One fault for all cases that failed: what is wrong with all of them once, other things as a list.
  private static func failure(_ faults: [Int: Fault], of count: Int) -> Fault {
    let sorted = faults.sorted { $0.key < $1.key }
    if let first = sorted.first, sorted.allSatisfy({ $0.value.isSame(as: first.value) }) {
      var fault = first.value
      let more = sorted.count == 1 ? "" : ", and \(sorted.count - 1) more"
      fault.notes.append("case \(first.key + 1) of \(count)\(more)")
      if fault.remedy == nil, [.file, .format].contains(fault.kind) {
        fault.remedy = "repair this file or take its case off the data list"
      }
      return fault
    }
    let shown = sorted.prefix(20).map { "case \($0.key + 1): \($0.value.oneLine)" }
    let rest = sorted.count - shown.count
    return Fault(
      .data, "\(sorted.count) of \(count) cases cannot be prepared",
      remedy: "repair these files or take them off the data list",
      notes: shown + (rest > 0 ? ["and \(rest) more"] : []))
  }
}

extension Fault {
  /// The same mistake, whichever case it was met with.
  fileprivate func isSame(as other: Fault) -> Bool {
    message == other.message && place == other.place && argument == other.argument
  }

  /// Message, what was got, and the notes that say where, in one line.
  fileprivate var oneLine: String {
    ([message] + (got.map { ["got \($0)"] } ?? []) + notes).joined(separator: "; ")
  }
}
