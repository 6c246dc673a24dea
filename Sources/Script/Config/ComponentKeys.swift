/// The keys of a component object that say which component it is.
enum ComponentKeys {
  static let targets: Set<String> = ["name", "path", "ref", "ckpt_path", "ts_path", "_target_"]
}
