import CKernels
import Components

/// Applies the network window by window and blends what overlaps.
///
/// Source: `monai.inferers.SlidingWindowInferer` 0.8.1, its Gaussian included (later versions have
/// another): a delta at ⌊n/2⌋ blurred with a truncated error-function kernel.
public struct SlidingWindowInferer: Buildable {
  public var roiSize: OneOrMany<Int> = .many([])
  public var windowBatchSize = 1
  public var overlap = 0.25
  public var mode = Blending.constant
  public var sigmaScale: OneOrMany<Double> = .one(0.125)
  public var paddingMode = PadMode.constant
  public var cval = 0.0
  public var windowDevice: String?
  public var device: String?

  public init() {}

  public static var kind: ComponentKind { .inferer }

  public static let schema = Schema<Self>(
    "SlidingWindowInferer", "Apply the network window by window.",
    .required("roi_size", \.roiSize, "Size of a window; 0 or less takes the image's own."),
    .optional("sw_batch_size", \.windowBatchSize, in: 1..., "Windows the network sees at once."),
    .optional("overlap", \.overlap, in: 0...1, "Share of a window its neighbour covers too."),
    .optional("mode", \.mode, "Weights where windows overlap."),
    .optional("sigma_scale", \.sigmaScale, "Width of the Gaussian, as a share of the window."),
    .optional("padding_mode", \.paddingMode, "What stands around an image smaller than a window."),
    .optional("cval", \.cval, "Value to pad with when padding_mode is constant."),
    .optional("sw_device", \.windowDevice, "Windows are computed where the network is."),
    .optional("device", \.device, "The result stays in main memory."))

  public func validate() throws(Fault) {
    if overlap >= 1 {
      throw Fault(
        .outOfRange, "overlap must be below 1", got: "\(overlap)", argument: ["overlap"])
    }
    if roiSize.values.isEmpty {
      throw Fault(.invalid, "roi_size is empty", argument: ["roi_size"])
    }
  }

  public func build(_ context: RunContext) throws -> any Object {
    SlidingWindows(self, TransformContext(context))
  }

  /// The size of the windows on an image of this size, as far as it is known.
  public func window(for image: [Int?]) -> [Int?] {
    let roi = roiSize.values
    return image.indices.map { axis in
      let size = roi.count == 1 ? roi[0] : axis < roi.count ? roi[axis] : 0
      return size > 0 ? size : image[axis]
    }
  }
}

/// How overlapping windows are weighted.
public enum Blending: String, ChoiceArgument, Sendable { case constant, gaussian }

/// The live form of `SlidingWindowInferer`.
public final class SlidingWindows: Inferer {
  private let arguments: SlidingWindowInferer
  private let context: TransformContext

  public init(_ arguments: SlidingWindowInferer, _ context: TransformContext) {
    (self.arguments, self.context) = (arguments, context)
  }

  public var kind: String { "SlidingWindowInferer" }
  public var summary: String {
    "SlidingWindowInferer, windows of \(arguments.roiSize.values), overlap \(arguments.overlap)"
  }

  public func infer(_ input: Tensor, with predict: (Tensor) throws -> Tensor) throws -> Tensor {
    let image = input.asFloat32
    guard 4...5 ~= image.rank else {
      throw Fault(
        .shape, "sliding windows need a batch of 2-D or 3-D images", got: "\(image.shape)",
        wanted: "[N, C, x, y] or [N, C, x, y, z]")
    }
    let plan = try WindowPlan(
      image: Array(image.shape.dropFirst(2)), roi: arguments.roiSize, overlap: arguments.overlap)
    // A constant needs no padded copy: it is what windows hold beyond the image.
    let isConstant = arguments.paddingMode == .constant
    let source =
      isConstant
      ? image
      : image.padded(
        low: plan.padLow, high: plan.padHigh, mode: arguments.paddingMode, threads: context.threads)
    let margin = isConstant ? plan.padLow : plan.padLow.map { _ in 0 }
    let weights = ImportanceMap.make(
      plan.window, arguments.mode, sigmaScale: try sigmaScales(rank: plan.window.count))
    var sums: Accumulator?
    let total = plan.starts.count * image.shape[0]
    for first in stride(from: 0, to: total, by: arguments.windowBatchSize) {
      if context.cancellation.isRequested { throw Fault(.interrupted, "interrupted") }
      let group = first..<min(first + arguments.windowBatchSize, total)
      let places = group.map {
        (item: $0 / plan.starts.count, start: plan.starts[$0 % plan.starts.count])
      }
      let windows = source.windows(
        at: places.map { ($0.item, zip($0.start, margin).map { $0 - $1 }) }, size: plan.window,
        outside: Float(arguments.cval), threads: context.threads)
      let result = try predict(windows).asFloat32
      try check(result, group.count, plan.window)
      var into =
        sums
        ?? Accumulator(
          items: image.shape[0], channels: result.shape[1], plan: plan, weights: weights,
          threads: context.threads)
      sums = nil
      into.add(result, places, threads: context.threads)
      sums = into
    }
    guard var whole = sums else {
      throw Fault(.shape, "the batch is empty", got: "\(image.shape)")
    }
    // The only holder divides in place.
    sums = nil
    return whole.finish(threads: context.threads)
  }

  private func sigmaScales(rank: Int) throws(Fault) -> [Double] {
    switch arguments.sigmaScale {
    case .one(let scale): return Array(repeating: scale, count: rank)
    case .many(let scales):
      guard scales.count == rank else {
        throw Fault(
          .invalid, "sigma_scale has \(scales.count) values for \(rank) axes",
          argument: ["sigma_scale"])
      }
      return scales
    }
  }

  private func check(_ result: Tensor, _ count: Int, _ window: [Int]) throws(Fault) {
    guard result.rank == window.count + 2, result.shape[0] == count,
      Array(result.shape.dropFirst(2)) == window
    else {
      throw Fault(
        .shape, "the network's output is not as large as its window", got: "\(result.shape)",
        wanted: "[\(count), channels] and \(window)")
    }
  }
}

extension Tensor {
  /// Windows of a `[N, C, spatial…]` batch, as a batch of their own: `[places, C, size…]`. They may
  /// reach beyond the image.
  fileprivate func windows(
    at places: [(item: Int, start: [Int])], size: [Int], outside: Float, threads: Int
  ) -> Tensor {
    let channels = shape[1]
    let spatial = Array(shape.dropFirst(2))
    let (image, window) = (spatial.reduce(1, *), size.reduce(1, *))
    return withElements(of: Float.self) { source in
      Tensor(shape: [places.count, channels] + size, of: Float.self) { target in
        guard let input = source.baseAddress, let output = target.baseAddress else { return }
        for (number, place) in places.enumerated() {
          let box = etude_box(shape: spatial, start: place.start, size: size, outside: outside)
          box.cut(
            input + place.item * channels * image, output + number * channels * window,
            channels: channels, threads: threads)
        }
      }
    }
  }
}
