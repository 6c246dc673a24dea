/// The keys of a component object.
enum ComponentKeys {
  /// Those that say which component it is.
  static let targets: Set<String> = ["name", "path", "ref", "ckpt_path", "ts_path", "_target_"]
  /// Descriptions of searches of AutoML: data, in which `@disabled` is a word and no reference.
  static let searches: Set<String> = ["search", "apply"]
}
