/// The work that is compared.
struct Rows {
  private let settings: Settings
  private let limits: Limits
  /// Operations of the seed's UNet on one volume of 96³: a training step, and the forward pass alone.
  private static let stepOperations = 30.52e9
  /// The same of 36 windows of 160³.
  private static let windowOperations = 1706e9
  /// Memory that is kept instead of being given back to the system after every step.
  private static let tuned = [
    "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "100000000000",
  ]

  init(_ settings: Settings, _ limits: Limits) {
    (self.settings, self.limits) = (settings, limits)
  }

  var all: [Row] {
    [step(1), step(2), step(8), mixedStep(2), mixedStep(8)]
      + [window, transforms, cache, post, save, training, start, python]
  }

  private func ours(_ words: String...) -> Command { Command([settings.workloads] + words) }

  private func peer(_ words: [String], environment: [String: String] = [:]) -> Command {
    Command(
      [settings.peerPython ?? "python3", "Benchmarks/peer/workloads.py"] + words,
      environment: environment)
  }

  private func step(_ batch: Int) -> Row {
    let words = ["step", "--batch", "\(batch)", "--repeats", batch > 2 ? "3" : "7"]
    let compiled = Row.Peer(
      "compile, channels_last", peer(words + ["--channels-last", "--compile"]), isSlow: true)
    return Row(
      name: "step-b\(batch)", ours: Command([settings.workloads] + words),
      peers: layouts(words) + (batch == 2 ? [compiled] : []),
      lines: [
        Row.Line(
          title: "UNet step, batch \(batch) at 96³, float32", figure: .time("step"),
          goal: batch > 2 ? 0.72 : 0.75, isAgainstBest: true,
          limit: Double(batch) * Self.stepOperations / limits.floatOperations),
        Row.Line(title: "its peak memory, MiB", figure: .peak, goal: 0.6),
      ])
  }

  /// The peer untouched, and with what makes it faster.
  private func layouts(_ words: [String]) -> [Row.Peer] {
    let last = words + ["--channels-last"]
    return [
      Row.Peer("untouched", peer(words)), Row.Peer("channels_last", peer(last)),
      Row.Peer("channels_last, malloc", peer(last, environment: Self.tuned)),
    ]
  }

  /// With `amp: true`: bfloat16, which the peer takes on any processor and we where it has products for it.
  private func mixedStep(_ batch: Int) -> Row {
    let words = [
      "step", "--batch", "\(batch)", "--repeats", batch > 2 ? "3" : "7", "--dtype", "bf16",
    ]
    return Row(
      name: "step-b\(batch)-amp", ours: Command([settings.workloads] + words),
      peers: layouts(words),
      lines: [
        Row.Line(
          title: "UNet step, batch \(batch) at 96³, amp: true", figure: .time("step"), goal: 0.65,
          isAgainstBest: true,
          limit: Double(batch) * Self.stepOperations
            / (limits.halfOperations ?? limits.floatOperations))
      ])
  }

  private var window: Row {
    let words = ["window", "--repeats", "1"]
    return Row(
      name: "window", ours: Command([settings.workloads] + words),
      peers: [
        Row.Peer("untouched", peer(words)),
        Row.Peer(
          "channels_last, malloc", peer(words + ["--channels-last"], environment: Self.tuned)),
      ],
      lines: [
        Row.Line(
          title: "sliding window 160³, overlap 0.5, 512×512×100", figure: .time("window"),
          goal: 0.75, isAgainstBest: true, limit: Self.windowOperations / limits.floatOperations)
      ])
  }

  private func bytes(_ count: Double) -> Double { count / limits.bytes }
  /// Voxels of a full volume.
  private static let voxels = 512.0 * 512 * 100

  private var transforms: Row {
    let words = ["transforms", "--data", settings.data, "--repeats", "2"]
    return Row(
      name: "transforms", ours: Command([settings.workloads] + words),
      peers: [Row.Peer("untouched", peer(words))],
      lines: [
        Row.Line(
          title: "pre_transforms, one 512×512×100 pair from .nii.gz", figure: .time("chain"),
          goal: 0.2),
        Row.Line(title: "LoadImaged of it", figure: .time("LoadImaged"), goal: 0.2),
        Row.Line(title: "pipeline's peak memory, MiB", figure: .peak, goal: 0.6),
      ])
  }

  private var cache: Row {
    let words = ["cache", "--data", settings.data]
    return Row(
      name: "cache", ours: Command([settings.workloads] + words),
      peers: [Row.Peer("untouched", peer(words))],
      lines: [
        Row.Line(title: "CacheDataset fill, 4 such pairs", figure: .time("fill"), goal: 0.25),
        Row.Line(
          title: "random part from the cache, one pair", figure: .time("random part"), goal: 0.25),
        Row.Line(
          title: "loader, one epoch of 2 batches", figure: .time("loader epoch"), goal: 0.25),
      ])
  }

  private var post: Row {
    Row(
      name: "post", ours: ours("post"), peers: [Row.Peer("untouched", peer(["post"]))],
      lines: [
        Row.Line(
          title: "AsDiscreted(argmax) of 2×512×512×100", figure: .time("argmax"), goal: 0.05,
          limit: bytes(12 * Self.voxels)),
        Row.Line(
          title: "softmax, argmax and one-hot of it", figure: .time("softmax argmax one-hot"),
          goal: 0.05, limit: bytes(44 * Self.voxels)),
        Row.Line(
          title: "MeanDice of it", figure: .time("MeanDice"), goal: 0.2,
          limit: bytes(8 * Self.voxels)),
      ])
  }

  private var save: Row {
    let words = ["save", "--data", settings.data]
    return Row(
      name: "save", ours: Command([settings.workloads] + words),
      peers: [Row.Peer("untouched", peer(words))],
      lines: [
        Row.Line(title: "SaveImaged of it", figure: .time("SaveImaged"), goal: 0.2),
        Row.Line(title: "Invertd of it", figure: .time("Invertd"), goal: 0.2),
      ])
  }

  private var training: Row {
    let settings = self.settings
    return Row(
      name: "training",
      ours: Command(
        [
          settings.etude, "train", "-m", "examples/spleen", "--set",
          "DATA_ROOT=\(settings.small)", "DATASET_JSON=\(settings.small)/dataset.json",
          "MMAR_CKPT_DIR=\(settings.small)/models", "epochs=60", "num_interval_per_valid=10",
          "learning_rate=2e-3", "amp=False", "network_summary=null",
          "train.model.channels=[8,16,32]", "train.model.strides=[2,2]",
          "train.pre_transforms[4].spatial_size=[32,32,32]",
          "validate.inferer.roi_size=[32,32,32]", "train.dataloader.num_workers=0",
          "validate.dataloader.num_workers=0",
        ]),
      peers: [
        Row.Peer(
          "untouched",
          Command([
            settings.peerPython ?? "python3", "Benchmarks/peer/training.py", settings.small,
            "--epochs", "60",
          ])
        )
      ],
      lines: [
        Row.Line(
          title: "small training, 60 epochs, start to end", figure: .process, goal: 0.3)
      ])
  }

  private var start: Row {
    Row(
      name: "start", ours: Command([settings.etude, "-c", "1+1"]),
      peers: [
        Row.Peer(
          "untouched", Command([settings.peerPython ?? "python3", "-m", "IPython", "-c", "pass"]))
      ],
      starts: 7,
      lines: [
        Row.Line(title: "start: etude -c 1+1, and ipython -c pass", figure: .process, goal: 0.08)
      ])
  }

  private var python: Row {
    Row(
      name: "import", ours: Command([settings.etude, "-c", "1+1"]),
      peers: [
        Row.Peer("untouched", Command([settings.peerPython ?? "python3", "-c", "import monai"]))
      ],
      starts: 2,
      lines: [
        Row.Line(title: "start: etude -c 1+1, and import monai", figure: .process, goal: 0.0062)
      ])
  }
}
