import Components

public enum Networks: Role {
  public typealias Built = any Network
  public static var kind: ComponentKind { .network }
}
public enum Losses: Role {
  public typealias Built = any Loss
  public static var kind: ComponentKind { .loss }
}
public enum Optimizers: Role {
  public typealias Built = any Optimizer
  public static var kind: ComponentKind { .optimizer }
}
public enum Schedulers: Role {
  public typealias Built = any LRScheduler
  public static var kind: ComponentKind { .scheduler }
}
public enum Inferers: Role {
  public typealias Built = any Inferer
  public static var kind: ComponentKind { .inferer }
}
/// A list of transforms arrives as one `Compose`.
public enum Transforms: Role {
  public typealias Built = Compose
  public static var kind: ComponentKind { .transform }
}
public enum Datasets: Role {
  public typealias Built = any Dataset
  public static var kind: ComponentKind { .dataset }
}
public enum DataLoaders: Role {
  public typealias Built = DataLoader
  public static var kind: ComponentKind { .dataLoader }
}
public enum Metrics: Role {
  public typealias Built = any Metric
  public static var kind: ComponentKind { .metric }
}
public enum Handlers: Role {
  public typealias Built = any Handler
  public static var kind: ComponentKind { .handler }
}
public enum Evaluators: Role {
  public typealias Built = SupervisedEvaluator
  public static var kind: ComponentKind { .evaluator }
}
