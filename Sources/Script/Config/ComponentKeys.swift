/// The keys a component object of a config may have.
public enum ComponentKeys {
  /// Keys that say which component it is.
  public static let targets = ["name", "path", "ref", "ckpt_path", "ts_path", "_target_"]
  /// Keys beside `args` that any component may have; a class may declare more.
  public static let attributes = [
    "disabled", "rank", "log_label", "is_key_metric", "data_list_file_path", "data_file_base_dir",
    "data_list_key", "apply", "search",
  ]
}

/// The elements that a section of a config may define, in the order configs have them.
public enum SectionElements {
  /// Elements that are one component; a list is a list of alternatives, the first enabled one counts.
  public static let single = [
    "loss", "optimizer", "lr_scheduler", "model", "dataset", "dataloader", "inferer", "key_metric",
    "trainer", "evaluator",
  ]
  /// Elements that are a list of components.
  public static let lists = [
    "pre_transforms", "handlers", "post_transforms", "additional_metrics", "metrics",
  ]
  public static let transforms = ["pre_transforms", "post_transforms"]
  public static let all = [
    "loss", "optimizer", "lr_scheduler", "model", "pre_transforms", "dataset", "dataloader",
    "inferer", "handlers", "post_transforms", "key_metric", "additional_metrics", "metrics",
    "trainer", "evaluator",
  ]
}
