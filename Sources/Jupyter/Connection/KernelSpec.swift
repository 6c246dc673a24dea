import Components
import Glibc
import Script
import Session

/// The folder that tells Jupyter how to start the kernel.
public struct KernelSpec: Sendable, Equatable {
  public static let defaultName = "etude"
  public static let defaultTitle = "Étude"

  public var name: String
  /// What clients show.
  public var title: String

  public init(name: String = defaultName, title: String = defaultTitle) {
    (self.name, self.title) = (name, title)
  }

  /// Where kernels of a user are: `kernels` in Jupyter's folder for data.
  public static func userFolder(_ environment: (String) -> String?) -> String? {
    if let data = environment("JUPYTER_DATA_DIR"), !data.isEmpty { return "\(data)/kernels" }
    if let data = environment("XDG_DATA_HOME"), data.hasPrefix("/") {
      return "\(data)/jupyter/kernels"
    }
    guard let home = environment("HOME"), home.hasPrefix("/") else { return nil }
    return "\(home)/.local/share/jupyter/kernels"
  }

  /// Where kernels of an environment or of all users are: `/usr/local`, `/opt/conda`.
  public static func folder(prefix: String) -> String {
    ConfigFile.join(prefix, "share/jupyter/kernels")
  }

  /// Writes the kernel's folder.
  ///
  /// - Parameters:
  ///   - folder: of all kernels.
  ///   - program: the absolute path of `etude`.
  /// - Returns: The kernel's folder.
  public func install(in folder: String, program: String) throws -> String {
    try checkName()
    let own = ConfigFile.join(folder, name)
    try Folders.make(own)
    try LocalFile.write(JSONWriter.file(json(program: program)), to: "\(own)/kernel.json")
    try LocalFile.write(Self.logo, to: "\(own)/logo-svg.svg")
    return own
  }

  /// Takes the kernel's folder away; what else lies in it stays.
  ///
  /// - Returns: The folder that was.
  public func uninstall(from folder: String) throws(Fault) -> String {
    try checkName()
    let own = ConfigFile.join(folder, name)
    guard ConfigFile.kind(of: "\(own)/kernel.json") == .file else {
      throw Fault(
        .file, "no kernel \(name.quoted) is installed in \(folder.quoted)",
        suggestion: Spelling.nearest(to: name, among: ConfigFile.names(in: folder)))
    }
    for file in ["kernel.json", "logo-svg.svg"] { unlink("\(own)/\(file)") }
    guard rmdir(own) == 0 || errno == ENOTEMPTY else {
      throw Fault(.file, "cannot remove \(own.quoted): \(String(cString: strerror(errno)))")
    }
    return own
  }

  private func json(program: String) -> JSONValue {
    let arguments = [program, "kernel", "start", "-f", "{connection_file}"]
    let spec: ValueDictionary = [
      "argv": .list(arguments.map { .string($0) }), "display_name": .string(title),
      "language": .string("etude"), "interrupt_mode": .string("message"),
      "metadata": .dict(["debugger": .bool(false)]),
    ]
    let nowhere = Span(SourceID(0), 0, 0)
    return JSONValue(.dict(spec), span: nowhere) ?? JSONValue(.null, nowhere)
  }

  /// Jupyter finds no kernel of another name.
  private func checkName() throws(Fault) {
    let isRight =
      !name.isEmpty
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains($0))
      }
    if !isRight || name.allSatisfy({ $0 == "." }) {
      throw Fault(
        .usage, "a kernel's name is made of letters, digits, dots, dashes and underscores",
        got: name.quoted, remedy: "--name \(Self.defaultName)")
    }
  }

  /// An É of two strokes, readable at 32 pixels, light and dark.
  private static let logo = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">
      <rect width="64" height="64" rx="12" fill="#0072b2"/>
      <path d="M46 24H20v32h26M20 40h20" fill="none" stroke="#fff" stroke-width="6"/>
      <path d="M30 15l10-8" stroke="#e69f00" stroke-width="6" stroke-linecap="round"/>
    </svg>

    """
}
