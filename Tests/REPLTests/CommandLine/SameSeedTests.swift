import Foundation
import Testing

/// The same seed on the same number of threads gives the same bits; another number of threads only adds
/// in another order. In processes of their own: the number of threads is the whole process's.
@Suite struct SameSeedTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func etude(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: PseudoTerminal.program)
    process.arguments = arguments
    // Without gnuplot: curves are not what is tried here.
    process.environment = ["PATH": "/nonexistent"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: text, as: UTF8.self)
  }

  /// The losses of 20 iterations, and the sum of squares of each of the final weights.
  private func train(_ threads: Int, _ folder: String) throws -> (losses: [Double], weights: String)
  {
    let models = "\(folder)/models-\(UUID())"
    let code = """
      run = train(epochs=10)
      print(" ".join([str(loss) for loss in run.train_loss.y]))
      print(" ".join([str((t * t).sum().item()) for t in @model.state_dict().values()]))
      """
    let text = try etude(
      [
        Self.root.appending(path: "examples/spleen").path(), "--threads", "\(threads)", "-c", code,
        "--set",
        "DATA_ROOT=\(folder)/data", "DATASET_JSON=\(folder)/data/dataset.json",
        "MMAR_CKPT_DIR=\(models)", "epochs=10", "num_interval_per_valid=10", "amp=False",
        "network_summary=null", "train.model.channels=[16,32,32]", "train.model.strides=[2,2]",
        "train.pre_transforms.RandCropByPosNegLabeld.spatial_size=[24,24,24]",
        "validate.inferer.roi_size=[24,24,24]", "train.dataloader.num_workers=0",
        "validate.dataloader.num_workers=0",
      ])
    let lines = text.split(separator: "\n").suffix(2).map(String.init)
    try #require(lines.count == 2)
    return (lines[0].split(separator: " ").compactMap { Double($0) }, lines[1])
  }

  @Test func runsAreBitEqualOnAnyNumberOfThreads() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(UUID())").path()
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
    _ = try etude([
      "dataset", "synthesize", "\(folder)/data", "--n", "5", "--val", "1", "--shape", "48", "48",
      "48",
    ])
    let runs = try [1, 1, 2, 2].map { try train($0, folder) }
    try #require(runs[0].losses.count == 20)
    #expect(runs[0].losses == runs[1].losses && runs[0].weights == runs[1].weights)
    #expect(runs[2].losses == runs[3].losses && runs[2].weights == runs[3].weights)
    for (one, two) in zip(runs[0].losses, runs[2].losses) { #expect((one - two).magnitude <= 1e-5) }
  }
}
