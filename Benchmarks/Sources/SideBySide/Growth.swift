import Foundation
import Measuring

/// How the cost of one piece of work grows with its size: the exponent of n in time ≈ nᵏ, fitted over
/// all sizes. 1 is linear; below 1 a fixed share still shows.
struct Growth {
  private struct Series {
    let title: String
    let sizes: [Int]
    /// What a size counts: volumes for patches of so many voxels a side.
    var weight: (Int) -> Double = { Double($0) }
    let seconds: (Int) throws -> Double
  }

  private let settings: Settings

  init(_ settings: Settings) { self.settings = settings }

  func markdown() throws -> String {
    var lines = ["| work | sizes | seconds | exponent |", "|---|---|---|---|"]
    for series in all {
      let points = try series.sizes.map { size in
        let samples = try (0..<settings.rounds).map { _ in try series.seconds(size) }
        FileHandle.standardError.write(Data("\(series.title): \(size)\n".utf8))
        return (weight: series.weight(size), seconds: median(samples) ?? .nan)
      }
      lines.append(
        "| \(series.title) | \(series.sizes.map(String.init).joined(separator: ", ")) | "
          + points.map { String(format: "%.3g", $0.seconds) }.joined(separator: ", ") + " | "
          + String(format: "%.2f", Self.exponent(points)) + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var all: [Series] {
    [
      Series(title: "UNet step, patch 64, by batch", sizes: [1, 2, 4, 8, 16]) { size in
        try step(["--batch", "\(size)", "--size", "64"])
      },
      Series(
        title: "UNet step, batch 1, by patch, in voxels", sizes: [32, 64, 96, 128],
        weight: { Double($0 * $0 * $0) }
      ) { size in try step(["--batch", "1", "--size", "\(size)"]) },
      Series(title: "cache fill, by volumes of 64³", sizes: [1, 4, 16, 64]) { size in
        try report(
          ["cache", "--data", try volumes(size), "--crop", "32,32,32", "--repeats", "1"], "fill")
      },
      Series(title: "etude check, by lines of the config", sizes: [100, 1000, 10_000]) { size in
        let config = try config(lines: size)
        return try Command([settings.etude, "check", config]).run().seconds
      },
    ]
  }

  private func step(_ words: [String]) throws -> Double {
    try report(["step", "--repeats", "3"] + words, "step")
  }

  private struct Report: Decodable {
    struct Time: Decodable { let medianSeconds: Double }
    let times: [String: Time]
  }

  private func report(_ words: [String], _ name: String) throws -> Double {
    let output = try Command([settings.workloads] + words).run().output
    let report = try JSONDecoder().decode(Report.self, from: Data(output.utf8))
    guard let time = report.times[name] else { throw Failure("no \(name) in \(output)") }
    return time.medianSeconds
  }

  private func volumes(_ count: Int) throws -> String {
    let folder = settings.small + "-\(count)"
    if !FileManager.default.fileExists(atPath: folder + "/dataset.json") {
      _ = try Command([
        settings.etude, "dataset", "synthesize", folder, "--n", "\(count)", "--val", "0",
        "--shape", "64", "64", "64",
      ]).run()
    }
    return folder
  }

  /// A config that checks clean, with as many intensity shifts as fill the lines.
  private func config(lines: Int) throws -> String {
    let shift = """
                    {
                      "name": "RandShiftIntensityd",
                      "args": {"keys": "image", "offsets": 0.1, "prob": 0.5}
                    }
      """
    let shifts = Array(repeating: shift, count: max(1, (lines - 36) / 4)).joined(separator: ",\n")
    let text = """
      {
        "epochs": 1,
        "train": {
          "loss": {"name": "DiceLoss", "args": {"to_onehot_y": true, "softmax": true}},
          "optimizer": {"name": "Adam", "args": {"params": "#@model.parameters()", "lr": 0.0002}},
          "model": {
            "name": "UNet",
            "args": {
              "spatial_dims": 3,
              "in_channels": 1,
              "out_channels": 2,
              "channels": [8, 16],
              "strides": [2]
            }
          },
          "pre_transforms": [
            {"name": "LoadImaged", "args": {"keys": ["image", "label"]}},
            {"name": "EnsureChannelFirstd", "args": {"keys": ["image", "label"]}},
      \(shifts)
          ],
          "dataset": {
            "name": "CacheDataset",
            "data_list_file_path": "\(settings.small)/dataset.json",
            "data_list_key": "training",
            "args": {"transform": "@pre_transforms"}
          },
          "dataloader": {"name": "DataLoader", "args": {"dataset": "@dataset", "batch_size": 1}},
          "inferer": {"name": "SimpleInferer"},
          "trainer": {
            "name": "SupervisedTrainer",
            "args": {
              "max_epochs": "{epochs}",
              "device": "cpu",
              "train_data_loader": "@dataloader",
              "network": "@model",
              "loss_function": "@loss",
              "optimizer": "@optimizer",
              "inferer": "@inferer"
            }
          }
        }
      }
      """
    let file = settings.small + "-\(lines).json"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return file
  }

  private static func exponent(_ points: [(weight: Double, seconds: Double)]) -> Double {
    let x = points.map { log($0.weight) }, y = points.map { log($0.seconds) }
    let (meanX, meanY) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
    let products = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
    return products / x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
  }
}
