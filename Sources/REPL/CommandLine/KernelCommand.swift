import ArgumentParser
import Components
import Glibc
import Jupyter
import Session

struct KernelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel", abstract: "The same session in JupyterLab, nbclient, nbconvert.",
    subcommands: [
      KernelInstallCommand.self, KernelStartCommand.self, KernelUninstallCommand.self,
    ])
}

/// Which kernel, and where.
struct KernelPlace: ParsableArguments {
  @Flag(help: "For this user (the default).")
  var user = false

  @Option(help: ArgumentHelp("For an environment: /usr/local, /opt/conda.", valueName: "dir"))
  var prefix: String?

  @Option(help: "The name that Jupyter knows it by.")
  var name = KernelSpec.defaultName

  func validate() throws {
    if user, prefix != nil { throw ValidationError("--user and --prefix are two places; give one") }
  }

  func folder() throws(Fault) -> String {
    if let prefix { return KernelSpec.folder(prefix: prefix) }
    guard let folder = KernelSpec.userFolder({ Environment.process[$0] }) else {
      throw Fault(.file, "there is no home folder", remedy: "etude kernel install --prefix DIR")
    }
    return folder
  }
}

struct KernelInstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Tell Jupyter about the kernel.")

  @OptionGroup var place: KernelPlace

  @Option(help: ArgumentHelp("What clients show.", valueName: "title"))
  var displayName = KernelSpec.defaultTitle

  @OptionGroup var common: CommonArguments

  func run() throws {
    try Front.run(common.color) { front in
      let spec = KernelSpec(name: place.name, title: displayName)
      let folder = try spec.install(in: place.folder(), program: try ProgramFile.path())
      front.sink.write("installed \(folder)", to: .note)
    }
  }
}

struct KernelUninstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "Take the kernel away from Jupyter.")

  @OptionGroup var place: KernelPlace
  @OptionGroup var common: CommonArguments

  func run() throws {
    try Front.run(common.color) { front in
      let folder = try KernelSpec(name: place.name).uninstall(from: place.folder())
      front.sink.write("removed \(folder)", to: .note)
    }
  }
}

struct KernelStartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Serve one session; Jupyter does this.",
    discussion: """
      Without -f, a connection file is made and named. Only programs of this machine that have the \
      file's key are served.
      """)

  @Option(
    name: .customShort("f"),
    help: ArgumentHelp("Where to listen, and the key.", valueName: "connection"))
  var file: String?

  @Flag(help: "Let other machines connect, if the connection file says so.")
  var remote = false

  @Flag(help: "Take a connection file without a key: whoever reaches the ports may run anything.")
  var unsigned = false

  @OptionGroup var common: CommonArguments

  func run() throws {
    let sink = TerminalSink(terminal: .current(color: common.color))
    let environment = Environment.process
    var process = KernelProcess(version: EtudeCommand.version)
    (process.connectionFile, process.threads) = (file, common.threads)
    (process.allowsOthers, process.allowsUnsigned) = (remote, unsigned)
    // Who keeps nothing of the prompt keeps nothing of the kernel.
    let keepsHistory = environment["ETUDE_HISTORY"] != ""
    process.historyPath =
      keepsHistory ? environment.stateFolder.map { $0 + "/kernel_history" } : nil
    process.runtimeFolder =
      environment["JUPYTER_RUNTIME_DIR"]
      ?? KernelSpec.userFolder { environment[$0] }
      .map { $0.replacing("/kernels", with: "/runtime") }
    do throws(Fault) { try process.run { sink.write($0, to: .note) } } catch {
      sink.write(
        EtudeSession.screen(for: error, width: Terminal.size().columns, hasColor: false), to: .note)
      throw ExitCode(ExitStatus.of(error, signal: nil))
    }
  }
}

/// The file that runs now.
enum ProgramFile {
  static func path() throws(Fault) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    guard count > 0 else {
      throw Fault(.file, "cannot find the program's file: \(String(cString: strerror(errno)))")
    }
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
