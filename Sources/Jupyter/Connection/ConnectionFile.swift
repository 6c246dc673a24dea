import Components
import Glibc
import Script

/// Where a kernel listens, and the key that messages are signed with.
struct ConnectionFile: Sendable, Equatable {
  enum Transport: String, Sendable { case tcp, ipc }

  /// What is refused unless it is asked for in so many words.
  struct Permissions: Sendable, Equatable {
    /// Other machines may connect.
    var allowsOthers = false
    /// Messages need no signature: whoever reaches the ports may run what they like.
    var allowsUnsigned = false
  }

  var transport = Transport.tcp
  var address = "127.0.0.1"
  var shell: Int
  var control: Int
  var stdin: Int
  var iopub: Int
  var heartbeat: Int
  var key: String

  /// - Throws: a file that is not one, that others can read, or that asks for what is not permitted.
  static func read(_ path: String, _ permissions: Permissions) throws(Fault) -> ConnectionFile {
    let sources = SourceStore()
    let (source, _) = try ConfigFile.open(path, in: sources)
    let (value, findings) = JSONReader.read(source, in: sources)
    if let error = findings.errors.first { throw error }
    guard case .dict(let entries)? = value?.value else {
      throw Fault(.format, "\(path.quoted) is no connection file", wanted: "a JSON object")
    }
    let file = try ConnectionFile(entries, name: path)
    try file.check(permissions, path)
    if !file.key.isEmpty { try refuseReaders(of: path) }
    return file
  }

  init(
    address: String = "127.0.0.1", shell: Int = 0, control: Int = 0, stdin: Int = 0, iopub: Int = 0,
    heartbeat: Int = 0, key: String
  ) {
    (self.address, self.shell, self.control) = (address, shell, control)
    (self.stdin, self.iopub, self.heartbeat, self.key) = (stdin, iopub, heartbeat, key)
  }

  /// Whatever else a newer Jupyter writes into it is left alone.
  private init(_ entries: ValueDictionary, name: String) throws(Fault) {
    func port(_ key: String) throws(Fault) -> Int {
      guard case .int(let port)? = entries[key], 0...65_535 ~= port else {
        throw Fault(
          .format, "\(name.quoted) is no connection file", got: entries[key]?.shortened,
          wanted: "a port as \(key)")
      }
      return port
    }
    func text(_ key: String, _ fallback: String) -> String {
      if case .string(let text)? = entries[key] { text } else { fallback }
    }
    shell = try port("shell_port")
    control = try port("control_port")
    stdin = try port("stdin_port")
    iopub = try port("iopub_port")
    heartbeat = try port("hb_port")
    (address, key) = (text("ip", "127.0.0.1"), text("key", ""))
    let transport = text("transport", "tcp")
    guard let known = Transport(rawValue: transport) else {
      throw Fault(
        .unsupported, "kernels do not talk over \(transport.quoted)", wanted: "tcp or ipc")
    }
    self.transport = known
    let scheme = text("signature_scheme", Signer.scheme)
    guard scheme == Signer.scheme || key.isEmpty else {
      throw Fault(
        .unsupported, "messages are not signed with \(scheme.quoted)", wanted: Signer.scheme)
    }
    if entries["curve_publickey"] != nil {
      throw .unsupported("messages are not encrypted with CURVE")
    }
  }

  private func check(_ permissions: Permissions, _ path: String) throws(Fault) {
    if key.isEmpty, !permissions.allowsUnsigned {
      throw Fault(
        .usage, "\(path.quoted) has no key: whoever reaches the ports could run anything",
        remedy: "etude kernel start --unsigned -f \(path)")
    }
    if !isLocal, !permissions.allowsOthers {
      throw Fault(
        .usage, "\(path.quoted) opens the kernel to other machines", got: address,
        wanted: "127.0.0.1", remedy: "etude kernel start --remote -f \(path)")
    }
  }

  /// Only programs of this machine can reach it.
  private var isLocal: Bool {
    transport == .ipc || ["localhost", "::1", "[::1]"].contains(address)
      || address.hasPrefix("127.") && address.split(separator: ".").count == 4
  }

  private static func refuseReaders(of path: String) throws(Fault) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return }
    throw Fault(
      .file, "others can read the key in \(path.quoted)",
      got: "mode " + String(status.st_mode & 0o777, radix: 8), wanted: "mode 600",
      remedy: "chmod 600 \(path)")
  }

  /// `tcp://127.0.0.1:5000`; port 0 lets the system choose.
  func endpoint(_ port: Int) -> String {
    switch transport {
    case .tcp:
      let host = address.contains(":") && !address.hasPrefix("[") ? "[\(address)]" : address
      return "tcp://\(host == "localhost" ? "127.0.0.1" : host):\(port == 0 ? "*" : String(port))"
    case .ipc: return "ipc://\(address)-\(port)"
    }
  }

  /// Writes a new file that only its owner can read.
  func write(_ path: String) throws(Fault) {
    let entries: ValueDictionary = [
      "ip": .string(address), "transport": .string(transport.rawValue), "shell_port": .int(shell),
      "control_port": .int(control), "stdin_port": .int(stdin), "iopub_port": .int(iopub),
      "hb_port": .int(heartbeat), "key": .string(key), "signature_scheme": .string(Signer.scheme),
      "kernel_name": .string(KernelSpec.defaultName),
    ]
    let bytes = Array((JSONWriter.packed(.dict(entries)) + "\n").utf8)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Fault(.file, "cannot write \(path.quoted): \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw Fault(.file, "cannot write \(path.quoted): \(String(cString: strerror(errno)))")
    }
  }
}
