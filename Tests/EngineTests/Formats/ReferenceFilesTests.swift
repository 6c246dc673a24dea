import Components
import Testing

@testable import Engine

/// Files of torch 1.13.1 and nibabel under MONAI 0.8.1, with what those read from them.
@Suite struct ReferenceFilesTests {
  @Test func imagesAreThoseMONAILoads() throws {
    let reference = try SafeTensors.read(Fixture.parityPath("nifti_loaded.safetensors"))
    let files = try #require(reference.metadata["files"])
    guard case .list(let names) = try JSONFile.value(of: Array(files.utf8), source: "files") else {
      Issue.record("no files")
      return
    }
    #expect(names.count > 30)
    for case .string(let name) in names {
      let (tensor, metadata) = try ImageFile.read(Fixture.parityPath("nifti/\(name)"))
      let array = try #require(reference["\(name)/array"])
      #expect(tensor.shape == array.shape, "\(name)")
      #expect(tensor.numbers == array.numbers, "\(name)")
      let affine = try #require(reference["\(name)/affine"]).numbers
      for (own, other) in zip(metadata.affine.rows.joined(), affine) {
        #expect(abs(own - other) <= 1e-6 * max(1, abs(other)), "\(name): \(metadata.affine.rows)")
      }
      let size = try #require(reference["\(name)/spatial_shape"]).numbers
      #expect(metadata.spatialShape.map(Double.init) == size, "\(name)")
      let channel = reference.metadata["\(name)/original_channel_dim"]
      #expect((metadata.originalChannelAxis == nil) == (channel == "no_channel"), "\(name)")
    }
  }

  @Test(arguments: [
    "clara.pt", "state_dict.pt", "types.pt", "views.pt", "parameters.pt", "legacy_state_dict.pt",
    "legacy_types.pt", "legacy_views.pt",
  ])
  func checkpointsHoldWhatTorchReads(file: String) throws {
    let reference = try SafeTensors.read(Fixture.parityPath("checkpoints.safetensors"))
    let state = try Checkpoint.read(Fixture.parityPath("checkpoints/\(file)"))
    let names = reference.names.filter { $0.hasPrefix(file + "/") }
    #expect(!names.isEmpty)
    for name in names {
      let expected = try #require(reference[name])
      let tensor = try #require(state.tensor(along: name.dropFirst(file.count + 1)), "\(name)")
      #expect(tensor.shape == expected.shape, "\(name)")
      #expect(tensor.numbers == expected.numbers, "\(name)")
    }
    let folder = try TemporaryFolder()
    try Checkpoint.write(state, to: folder.file(file))
    #expect(try Checkpoint.read(folder.file(file)).text == state.text)
  }
}

extension StateValue {
  /// The tensor at a path of keys joined by slashes.
  fileprivate func tensor(along path: Substring) -> Tensor? {
    if path.isEmpty {
      if case .tensor(let tensor) = self { return tensor }
      return nil
    }
    let parts = path.split(separator: "/", maxSplits: 1)
    let rest = parts.count > 1 ? parts[1] : ""
    let key = String(parts[0])
    switch self {
    case .dict(let entries):
      let value = entries[key] ?? Int(key).flatMap { entries[.int($0)] }
      return value?.tensor(along: rest)
    case .list(let items), .tuple(let items):
      guard let index = Int(key), items.indices.contains(index) else { return nil }
      return items[index].tensor(along: rest)
    default: return nil
    }
  }
}
