import Components
import Engine
import Script

/// Bindings under which everything a run writes goes to a folder of its own.
struct Redirection {
  private let session: EtudeSession
  private let redirected: Bindings
  /// The folder, below MMAR_CKPT_DIR when that is set.
  let folder: String

  /// - Throws: for a name that is none for a folder.
  fileprivate init(_ session: EtudeSession, to name: String, source: String) throws {
    self.session = session
    try Self.check(name)
    var bindings = session.bindings
    let before = bindings
    let base = session.runFolder
    folder = ConfigFile.join(base ?? "", name)
    let text = session.sources.add(name: source, text: folder)
    let span = Span(text, 0, folder.utf8.count)
    if base != nil {
      bindings.bind(
        "MMAR_CKPT_DIR", in: .top, Expression(.string(folder, .raw), span),
        Provenance(.commandLine, span))
    }
    try Self.redirectOthers(&bindings, before, name, span)
    redirected = bindings
  }

  /// Output folders that do not follow MMAR_CKPT_DIR get a folder of that name inside.
  private static func redirectOthers(
    _ bindings: inout Bindings, _ before: Bindings, _ name: String, _ span: Span
  ) throws {
    for node in before.nodes where ["handlers", "post_transforms"].contains(node.name) {
      guard !node.isBinding else { continue }
      let path = Path([.name(node.section.rawValue)] + node.path.steps)
      for argument in ["save_dir", "log_dir", "output_dir"] {
        let place = Path(path.steps + [.name(argument)])
        // A component that names no such folder has nothing to redirect.
        guard let old = Self.text(at: place, in: before, node.section),
          Self.text(at: place, in: bindings, node.section) == old
        else { continue }
        let inside = Expression(.string(ConfigFile.join(old, name), .raw), span)
        try bindings.assign(place, inside, Provenance(.commandLine, span))
      }
    }
  }

  private static func text(
    at path: Path, in bindings: Bindings, _ section: Section
  ) -> String? {
    // Whoever builds the component says what is wrong with a path that cannot be read.
    guard let expression = try? bindings.expression(at: path),
      case .string(let text)? = try? bindings.value(of: expression, from: section)
    else { return nil }
    return text
  }

  private static func check(_ name: String) throws(Fault) {
    let isPlain =
      !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 100
      && name.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0.value >= 0x20 }
    guard isPlain else {
      throw Fault(
        .invalid, "a run is named by a plain word", got: name.quoted,
        wanted: "a name for a folder, without / and no . in front", remedy: "train(run=\"dice\")",
        argument: ["run"])
    }
  }

  /// Works under the redirected bindings, then puts the session's own back. That the trainer is built
  /// anew for it, and again afterwards, is nothing to tell.
  func during<R>(_ body: () throws -> R) throws -> R {
    // What typed lines have changed is rebuilt, and said, before.
    _ = try session.trainer()
    let result = try session.under(redirected) {
      try rebuildQuietly()
      return try body()
    }
    try rebuildQuietly()
    return result
  }

  private func rebuildQuietly() throws {
    _ = try session.object("trainer", in: .train)
    _ = session.workbench.takeRebuilt()
  }

  /// From here on for good: `etude train --run NAME`.
  func keep() { session.bindings = redirected }
}

extension EtudeSession {
  /// - Parameter isWanted: whether the user named the folder; then it is a mistake when nothing says
  ///   where results go.
  func redirection(
    to name: String, isWanted: Bool, source: String? = nil
  ) throws -> Redirection? {
    let redirection = try Redirection(self, to: name, source: source ?? "run=\(name)")
    if runFolder == nil, isWanted {
      throw Fault(
        .state, "a run of its own needs MMAR_CKPT_DIR, the folder of all runs",
        remedy: "MMAR_CKPT_DIR = \"models\"")
    }
    return redirection
  }

  /// Where the files of a run go.
  var runFolder: String? {
    guard let binding = bindings[.top, "MMAR_CKPT_DIR"],
      case .string(let folder)? = try? bindings.value(of: binding.expression, from: .top)
    else { return nil }  // not set, or not text: whoever reads it says so
    return folder
  }

  /// Writes down what a run was made from, beside its other files.
  func writeResolvedConfig(to folder: String) throws {
    do { try Disk().makeFolder(folder) } catch {
      throw Fault(.file, "cannot make the folder \(folder): \(error.cause)")
    }
    try AtomicFile.write(
      Array(JSONWriter.file(bindings.effectiveConfig).utf8),
      to: ConfigFile.join(folder, "resolved_config.json"))
  }
}
