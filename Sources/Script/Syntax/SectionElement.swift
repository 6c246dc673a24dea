/// The names a section of a config has, and which of them hold lists.
public enum SectionElement {
  public static let sections: Set<String> = ["train", "validate"]

  public static let names: Set<String> = [
    "loss", "optimizer", "lr_scheduler", "model", "pre_transforms", "dataset", "dataloader",
    "inferer", "handlers", "post_transforms", "key_metric", "additional_metrics", "trainer",
    "evaluator",
  ]

  /// `@train.handlers[2]` and `@handlers.CheckpointSaver` name an entry of these.
  public static let lists: Set<String> = [
    "pre_transforms", "post_transforms", "handlers", "additional_metrics",
  ]
}
