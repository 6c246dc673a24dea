/// What `etude dataset synthesize` was asked to make.
public struct SynthesizeOptions: Sendable, Equatable {
  public var directory: String
  /// Volumes in all, the validation ones included.
  public var count: Int
  /// Voxels along each axis.
  public var shape: [Int]
  /// How many of the volumes are listed under `validation`.
  public var validationCount: Int
  /// Classes beside the background.
  public var labels: Int
  public var seed: Int

  public init(
    directory: String, count: Int = 4, shape: [Int] = [512, 512, 100], validationCount: Int = 1,
    labels: Int = 1, seed: Int = 0
  ) {
    (self.directory, self.count, self.shape) = (directory, count, shape)
    (self.validationCount, self.labels, self.seed) = (validationCount, labels, seed)
  }
}

/// What `etude dataset split` was asked to do: move part of `training` to `validation`.
public struct SplitOptions: Sendable, Equatable {
  /// The data list (`dataset.json`); the divided one is written beside it.
  public var list: String
  /// The share of `training` that becomes `validation`, between 0 and 1.
  public var validationFraction: Double
  public var seed: Int

  public init(list: String, validationFraction: Double = 0.2, seed: Int = 0) {
    (self.list, self.validationFraction, self.seed) = (list, validationFraction, seed)
  }
}
