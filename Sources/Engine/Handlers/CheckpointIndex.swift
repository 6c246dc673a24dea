import Components

/// Which training wrote which checkpoint of a folder, and at what score: `checkpoints.tsv`.
///
/// A new file's line is written before the file, so that after a kill the training that resumes knows
/// its own files; the line of a file that is replaced changes after it. File names keep four decimals
/// of a score only; here it is whole.
struct CheckpointIndex {
  struct Entry: Equatable {
    var run: RunIdentity
    var series: String
    var priority: Double
    var file: String
  }

  static let fileName = "checkpoints.tsv"
  private static let header = "run\tseries\tpriority\tfile"

  let folder: String
  private(set) var entries: [Entry]

  private var path: String { PathName.join(folder, Self.fileName) }

  /// Reads what is there. A line that is not one of ours is dropped: at worst a file is kept under
  /// another name instead of being replaced.
  init(folder: String) throws {
    self.folder = folder
    entries = []
    try read()
  }

  /// Several savers share a folder, so each reads it anew before it changes it.
  private mutating func read() throws {
    entries = []
    guard Disk().kind(of: path) == .file else { return }
    let file = try FileSource(path)
    let text = String(decoding: try file.bytes(at: 0, count: file.size), as: UTF8.self)
    entries = text.split(separator: "\n").dropFirst().compactMap { line in
      let fields = line.split(separator: "\t", maxSplits: 3)
      guard fields.count == 4, let priority = Double(fields[2]) else { return nil }
      return Entry(
        run: RunIdentity(String(fields[0])), series: String(fields[1]), priority: priority,
        file: String(fields[3]))
    }
  }

  /// The files of one training that are still on the disk, worst first.
  func files(of run: RunIdentity) -> [Entry] {
    entries
      .filter { $0.run == run && Disk().kind(of: PathName.join(folder, $0.file)) == .file }
      .sorted { $0.priority < $1.priority }
  }

  /// Files the entry under its name, on the disk when it returns.
  mutating func record(_ entry: Entry) throws {
    try read()
    entries.removeAll { $0.file == entry.file }
    entries.append(entry)
    try write()
  }

  mutating func remove(_ file: String) throws {
    try read()
    entries.removeAll { $0.file == file }
    try write()
  }

  private func write() throws {
    let lines = entries.map { "\($0.run)\t\($0.series)\t\($0.priority)\t\($0.file)" }
    let text = ([Self.header] + lines).joined(separator: "\n") + "\n"
    try AtomicFile.write(Array(text.utf8), to: path)
  }
}
