import Components

extension Batch {
  /// A batch without what an engine needs.
  func missing(_ key: String) -> Fault {
    let known = (Array(tensors.keys) + items.flatMap(\.keys)).sorted()
    return Fault(
      .data, "the batch has no \(key)", got: Set(known).sorted().joined(separator: ", "),
      wanted: key.quoted, suggestion: Spelling.nearest(to: key, among: known),
      remedy: "load it with LoadImaged and name it \(key.quoted) in the data list")
  }

  /// Files the items came from, each once.
  var files: [String] {
    var seen: Set<String> = []
    return items.map(\.caseFile).filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// What is wrong with the tensors of `key` when one holds NaN or infinity, with the files at fault.
  func notFinite(_ key: String) -> Fault? {
    guard let tensor = tensors[key], tensor.holdsNotFinite else { return nil }
    let bad = tensor.unstacked().enumerated().filter { $0.element.holdsNotFinite }.map(\.offset)
    let files = bad.compactMap { index in index < items.count ? items[index].fileName(key) : nil }
    return Fault(
      .data, "\(key) \(Fault.notFinite)",
      got: "\(bad.count) of \(items.count) items of the batch",
      remedy: files.first.map {
        "python -c \"import nibabel as n, numpy as np; i = n.load('\($0)'); "
          + "n.save(n.Nifti1Image(np.nan_to_num(i.get_fdata()), i.affine), '\($0)')\""
      }, notes: Set(files).sorted().map { "in \($0)" })
  }
}

extension RunContext {
  /// What is predicted from NaN is no prediction, and is said to be none.
  ///
  /// - Parameter places: `in case_1.nii.gz`, for each image at fault.
  func noteNotFinite(_ places: [String]) {
    noteOnce(
      (["image \(Fault.notFinite)"] + places).joined(separator: ", ")
        + ": what is predicted from them is not to be relied on")
  }
}

extension Tensor {
  /// Whether a value is NaN or infinity.
  var holdsNotFinite: Bool {
    dtype == .float32
      && plain.withElements(of: Float.self) { elements in
        // Without their sign the bits of what is not finite are the largest; a search for the maximum
        // is vectorised, one that ends early is not.
        var largest: UInt32 = 0
        for element in elements { largest = max(largest, element.bitPattern & 0x7fff_ffff) }
        return largest >= Float.infinity.bitPattern
      }
  }
}

extension Fault {
  fileprivate static let notFinite = "holds values that are not numbers (NaN or infinity)"

  /// The same fault with a note on the files of the batch it happened to.
  func noting(filesOf batch: Batch) -> Fault {
    var fault = self
    let files = batch.files
    if !files.isEmpty { fault.notes.append("the batch is of \(files.joined(separator: ", "))") }
    return fault
  }
}

extension Sample {
  /// Tensors with a batch axis, under one roof with nothing else.
  init(tensors: [(key: String, tensor: Tensor)]) {
    self.init()
    for (key, tensor) in tensors { self[key] = .tensor(tensor) }
  }

  init(tensors: [String: Tensor]) {
    self.init(tensors: tensors.sorted { $0.key < $1.key }.map { (key: $0.key, tensor: $0.value) })
  }
}
