import Components

/// The crops that a pipeline makes of one case: `dataset[0]` is several samples.
public final class SampleListObject: HasIndex {
  public let samples: [Sample]
  private let item: Int
  /// `RandCropByPosNegLabeld, num_samples=4`
  private let origin: String?

  init(_ samples: [Sample], item: Int, pipeline: Compose) {
    (self.samples, self.item) = (samples, item)
    origin =
      pipeline.transforms.lazy.compactMap { transform in
        transform.changedArguments["num_samples"].map {
          "\(type(of: transform).name), num_samples=\($0)"
        }
      }.first
  }

  public var kind: String { "samples" }
  public var count: Int? { samples.count }

  public var summary: String {
    let first = samples.first.map { SampleObject($0).summary } ?? "nothing"
    return "\(samples.count) samples\(origin.map { " (\($0))" } ?? ""), each a \(first)"
  }

  public func element(at index: Value) throws -> Value {
    switch index {
    case .string(let key):
      throw Fault(
        .wrongType,
        "item \(item) is \(samples.count) samples\(origin.map { " (\($0))" } ?? ""), "
          + "each with entries of its own",
        got: "[\(key.quoted)]", wanted: "the number of a sample first",
        remedy: "[\(item)][0][\"\(key)\"]")
    case .slice(let bounds):
      let (first, count, step) = try bounds.positions(in: samples.count)
      return .list((0..<count).map { .object(SampleObject(samples[first + $0 * step])) })
    default:
      let number = try Int(argument: index)
      let place = number < 0 ? number + samples.count : number
      guard samples.indices ~= place else {
        throw Fault(
          .outOfRange, "there is no sample \(number)", got: "\(number)",
          wanted: "0 to \(samples.count - 1)")
      }
      return .object(SampleObject(samples[place]))
    }
  }
}
