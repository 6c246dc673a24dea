import Components

/// Where the files of a config are: the MMAR folder, the workflow and its environment.
public struct ConfigLocation: Sendable, Equatable {
  public var config: String
  public var environment: String?
  /// What `MMAR_…` paths are relative to; nil when the config stands outside an MMAR folder.
  public var root: String?

  /// Finds them from an MMAR folder or a config file.
  ///
  /// A folder means its `config/config_train.json`, or the only other workflow in `config/`. A file
  /// in a `config/` folder finds its root and `environment.json` by itself. `root` is where
  /// relative names are looked for first, as with `-m ROOT -c config/config_train.json`.
  public init(path: String, environment: String? = nil, root: String? = nil) throws(Fault) {
    var path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if let root {
      if !root.isEmpty, ConfigFile.kind(of: root) != .folder {
        throw Fault(
          .file, "there is no MMAR folder \(root.quoted)",
          suggestion: Self.neighbour(of: root), remedy: "name it with -m")
      }
      let inside = ConfigFile.join(root, path)
      // A name that is nowhere is looked for, and missed, in the MMAR.
      if ConfigFile.kind(of: inside) != nil || ConfigFile.kind(of: path) == nil { path = inside }
    }
    if ConfigFile.kind(of: path) == .folder {
      config = try Self.workflow(in: path)
      self.root = root ?? path
    } else {
      config = path
      self.root = root ?? Self.root(of: path)
    }
    if let environment {
      let inside = self.root.map { ConfigFile.join($0, environment) }
      let isOutside = ConfigFile.kind(of: environment) == .file
      self.environment =
        inside.flatMap { ConfigFile.kind(of: $0) == .file || !isOutside ? $0 : nil } ?? environment
    } else {
      // A config that was saved elsewhere has the environment of the MMAR it is read for.
      let folders =
        [ConfigFile.folder(of: config)]
        + (root.map { [ConfigFile.join($0, "config")] } ?? [])
      self.environment = folders.lazy.map { ConfigFile.join($0, "environment.json") }
        .first { ConfigFile.kind(of: $0) == .file }
    }
  }

  private static func neighbour(of path: String) -> String? {
    let folder = ConfigFile.folder(of: path)
    let name = String(path.dropFirst(folder.isEmpty ? 0 : folder.count + (folder == "/" ? 0 : 1)))
    return Spelling.nearest(to: name, among: ConfigFile.names(in: folder))
      .map { ConfigFile.join(folder, $0) }
  }

  /// The folder above `config/`; empty for a path that begins with `config/`.
  private static func root(of path: String) -> String? {
    let folder = ConfigFile.folder(of: path)
    if folder == "config" { return "" }
    return folder.hasSuffix("/config") ? ConfigFile.folder(of: folder) : nil
  }

  private static func workflow(in folder: String) throws(Fault) -> String {
    let configs = ConfigFile.join(folder, "config")
    let place = ConfigFile.kind(of: configs) == .folder ? configs : folder
    let names = ConfigFile.names(in: place)
      .filter { $0.hasSuffix(".json") && $0 != "environment.json" }
    if names.contains("config_train.json") { return ConfigFile.join(place, "config_train.json") }
    if let only = names.first, names.count == 1 { return ConfigFile.join(place, only) }
    let found = names.map { ConfigFile.join(place, $0) }
    throw Fault(
      .file, names.isEmpty ? "\(place) holds no config" : "\(place) holds several configs",
      wanted: "config_train.json or one other .json file",
      remedy: found.first.map { "load(\"\($0)\")" },
      notes: found.isEmpty ? [] : ["it has \(names.joined(separator: ", "))"])
  }
}
