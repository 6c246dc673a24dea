import Components

/// Draws batches from a dataset, epoch after epoch.
public final class DataLoader: Object {
  public let dataset: any Dataset
  public let batchSize: Int

  public init(dataset: any Dataset, batchSize: Int) {
    (self.dataset, self.batchSize) = (dataset, batchSize)
  }

  public var kind: String { "DataLoader" }
  public var summary: String { "DataLoader of \(dataset.count) cases, batch size \(batchSize)" }
}
