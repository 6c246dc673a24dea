import CSignals
import Components
import Glibc
import Session
import Signals

/// A process that is nothing but a kernel.
public struct KernelProcess: Sendable {
  /// A connection file of Jupyter's; nil makes one in `runtimeFolder`.
  public var connectionFile: String?
  public var allowsOthers = false
  public var allowsUnsigned = false
  public var version: String
  public var threads: Int?
  public var historyPath: String?
  /// Where Jupyter keeps connection files.
  public var runtimeFolder: String?

  /// How long a cell may take to stop when the kernel is to end.
  private static let grace: UInt32 = 4

  public init(version: String) { self.version = version }

  /// Serves until a client, a signal or the end of the parent ends it.
  ///
  /// - Parameter say: writes a line for whoever started the process.
  public func run(say: @escaping @Sendable (String) -> Void) throws(Fault) {
    let signals = etude_signals_install()
    guard signals >= 0 else {
      throw Fault(.state, "cannot handle signals: \(String(cString: strerror(errno)))")
    }
    var options = Kernel.Options(version: version)
    (options.threads, options.historyPath) = (threads, historyPath)
    options.signals = signals
    options.complain = say
    options.ending = {
      // A cell that does not stop keeps no client waiting.
      BackgroundThread.start {
        sleep(Self.grace)
        _exit(0)
      }
    }
    let kernel: Kernel
    if let connectionFile {
      let permissions = ConnectionFile.Permissions(
        allowsOthers: allowsOthers, allowsUnsigned: allowsUnsigned)
      kernel = try Kernel(try ConnectionFile.read(connectionFile, permissions), options)
      followParent(kernel)
      kernel.run()
    } else {
      kernel = try Kernel(ConnectionFile(key: RandomName.make()), options)
      let path = try newFile()
      try kernel.connection.write(path)
      defer { unlink(path) }
      say("connect with: jupyter console --existing \(path)")
      kernel.run()
    }
  }

  private func newFile() throws(Fault) -> String {
    guard let runtimeFolder else {
      throw Fault(
        .file, "there is no home folder for a connection file",
        remedy: "etude kernel start -f FILE")
    }
    try Folders.make(runtimeFolder, isPrivate: true)
    return "\(runtimeFolder)/kernel-etude-\(getpid()).json"
  }

  /// A kernel whose Jupyter is gone has nobody left to end it.
  private func followParent(_ kernel: Kernel) {
    guard getenv("JPY_PARENT_PID") != nil else { return }
    let parent = getppid()
    BackgroundThread.start {
      while getppid() == parent { sleep(1) }
      kernel.end()
    }
  }
}
