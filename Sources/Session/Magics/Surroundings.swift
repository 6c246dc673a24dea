import Components
import Glibc
import Script

/// Files and folders around a session.
extension Magic {
  static let pwd = Magic.looking(
    "pwd", "", "The folder that relative paths start from.", isInteractive: false
  ) {
    onlooker, text in
    try text.requireNothing()
    onlooker.output.write(try Self.folder(), to: .result)
  }

  static let cd = Magic(
    "cd", "[FOLDER]", "Goes to a folder, without one to the home folder.", .folder,
    isInteractive: false
  ) { session, text in
    guard let folder = try text.path() ?? getenv("HOME").map({ String(cString: $0) }) else {
      throw text.missing("a folder", remedy: "%cd data")
    }
    guard chdir(folder) == 0 else {
      let reason = String(cString: strerror(errno))
      throw Fault(
        .file, "cannot go to \(folder.quoted): \(reason)", suggestion: nearName(to: folder),
        place: text.place)
    }
    session.note(try Self.folder())
  }

  static let ls = Magic.looking(
    "ls", "[FOLDER]", "The files of a folder.", .folder, isInteractive: false
  ) { onlooker, text in
    let folder = try text.path() ?? ""
    switch ConfigFile.kind(of: folder.isEmpty ? "." : folder) {
    case .folder?: break
    case .file?: return onlooker.output.write(folder, to: .result)
    case nil:
      throw Fault(
        .file, "there is no folder \(folder.quoted)", suggestion: nearName(to: folder),
        place: text.place)
    }
    let names = ConfigFile.names(in: folder).filter { !$0.hasPrefix(".") }.map { name in
      ConfigFile.kind(of: ConfigFile.join(folder, name)) == .folder ? name + "/" : name
    }
    if !names.isEmpty {
      onlooker.output.write(
        NameColumns(names).text(columns: onlooker.display.columns()), to: .result)
    }
  }

  static let run = Magic(
    "run", "FILE", "Runs a script in this session: its names stay.", .path, isInteractive: false
  ) { session, text in
    guard let path = try text.path() else {
      throw text.missing("a file", remedy: "%run FILE.etude")
    }
    try FileEnding.requireScript(path)
    let (source, findings) = try ConfigFile.open(path, in: session.sources)
    for finding in findings { session.note(finding) }
    try session.runScript(source)
  }

  /// What stands in the same folder under a similar name.
  private static func nearName(to path: String) -> String? {
    let parent = ConfigFile.folder(of: path)
    let name = path.dropFirst(parent.count).drop { $0 == "/" }
    return Spelling.nearest(to: String(name), among: ConfigFile.names(in: parent))
  }

  private static func folder() throws(Fault) -> String {
    guard let path = getcwd(nil, 0) else {
      throw Fault(.file, "the present folder is gone: \(String(cString: strerror(errno)))")
    }
    defer { free(path) }
    return String(cString: path)
  }
}
