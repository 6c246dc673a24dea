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
