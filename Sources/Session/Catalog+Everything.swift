import Components
import Engine

extension Catalog {
  /// Every component that a config may name.
  public static let everything = Catalog(
    networkTypes + lossTypes + optimizerTypes + schedulerTypes + transformTypes + datasetTypes
      + dataLoaderTypes + infererTypes + metricTypes + handlerTypes + engineTypes)
}
