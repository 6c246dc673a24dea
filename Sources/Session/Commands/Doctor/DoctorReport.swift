import Components
import Glibc
import Plotting

/// What `etude doctor` found: one row for each thing the program needs or can use.
public struct DoctorReport: Sendable, Equatable {
  public enum Verdict: Sendable, Equatable {
    case fine
    /// Everything essential works without it.
    case limited
    /// Training does not work without it.
    case missing
  }

  public struct Row: Sendable, Equatable {
    public var name: String
    public var verdict: Verdict
    public var finding: String
    /// The line to type, when something is missing.
    public var fix: String?

    public init(_ name: String, _ verdict: Verdict, _ finding: String, fix: String? = nil) {
      (self.name, self.verdict, self.finding, self.fix) = (name, verdict, finding, fix)
    }
  }

  public var rows: [Row]

  /// Whether training can work on this machine.
  public var isUsable: Bool { !rows.contains { $0.verdict == .missing } }

  public init(rows: [Row]) { self.rows = rows }

  /// Looks at this machine. Opens libdnnl and starts gnuplot once.
  public static func gather(version: String) -> DoctorReport {
    let machine = Machine.current()
    return DoctorReport(rows: [
      Row("etude", .fine, version),
      processor(machine), threads(machine), memory(machine), oneDNN(), gnuplot(), locale(),
      terminal(),
    ])
  }

  /// Aligned lines for the terminal, each fix under its row, a verdict at the end.
  public var text: String {
    let width = rows.map(\.name.count).max() ?? 0
    var lines: [String] = []
    for row in rows {
      let name = row.name + String(repeating: " ", count: width - row.name.count)
      lines.append("\(Self.mark(row.verdict))  \(name)  \(row.finding)")
      if let fix = row.fix {
        lines.append("    \(String(repeating: " ", count: width))  try: \(fix)")
      }
    }
    let missing = rows.filter { $0.verdict == .missing }.map(\.name)
    let limited = rows.filter { $0.verdict == .limited }.map(\.name)
    if !missing.isEmpty {
      lines.append("training does not work here yet: \(missing.joined(separator: ", "))")
    } else if !limited.isEmpty {
      lines.append("ready to train; limited: \(limited.joined(separator: ", "))")
    } else {
      lines.append("ready to train")
    }
    return lines.joined(separator: "\n")
  }

  private static func mark(_ verdict: Verdict) -> String {
    switch verdict {
    case .fine: "ok"
    case .limited: "--"
    case .missing: "!!"
    }
  }
}

extension DoctorReport {
  static func processor(_ machine: Machine) -> Row {
    let known = ["avx2", "fma", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile", "asimd"]
    let features = known.filter(machine.processorFeatures.contains)
    let finding = ([machine.processorName] + features).joined(separator: ", ")
    if features.contains("avx512f") || features.contains("asimd") {
      return Row("processor", .fine, finding)
    }
    let isSlow = !features.contains("avx2")
    return Row(
      "processor", isSlow ? .limited : .fine,
      isSlow ? "\(finding); without avx2 training is several times slower" : finding)
  }

  static func threads(_ machine: Machine) -> Row {
    machine.usableProcessors == machine.processors
      ? Row("threads", .fine, "\(machine.processors)")
      : Row(
        "threads", .fine, "\(machine.usableProcessors) of \(machine.processors) (as allowed here)")
  }

  /// 12 GiB run the seed's spleen config at full size; the example needs a tenth of it.
  static func memory(_ machine: Machine) -> Row {
    func gibibytes(_ bytes: Int) -> String {
      let tenths = Int((Double(bytes) / 107_374_182.4).rounded())
      return "\(tenths / 10).\(tenths % 10) GiB"
    }
    let limit = machine.memoryLimit.map { min($0, machine.memory) } ?? machine.memory
    let finding = "\(gibibytes(limit)), \(gibibytes(min(machine.memoryAvailable, limit))) free"
    guard limit < 12 << 30 else { return Row("memory", .fine, finding) }
    return Row(
      "memory", .limited, "\(finding); full-size volumes want 12 GiB",
      fix: "etude train --set train.dataloader.batch_size=1 train.dataset.cache_rate=0")
  }

  static func oneDNN() -> Row {
    for name in ["libdnnl.so.2", "libdnnl.so"] {
      guard let handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL) else { continue }
      defer { dlclose(handle) }
      guard let symbol = dlsym(handle, "dnnl_version") else { continue }
      // `const dnnl_version_t *dnnl_version(void)`: three ints come first.
      typealias Version = @convention(c) () -> UnsafePointer<Int32>?
      let version = unsafeBitCast(symbol, to: Version.self)()
      return Row(
        "libdnnl", .fine,
        version.map { "\($0[0]).\($0[1]).\($0[2])" } ?? "of unknown version")
    }
    return Row(
      "libdnnl", .missing, "not found; convolutions need it",
      fix: "sudo apt-get install -y --no-install-recommends libdnnl2")
  }

  static func gnuplot() -> Row {
    do throws(Fault) {
      let found = try Gnuplot.find(timeout: 10).description()
      let wanted = ["svg", "pngcairo", "dumb"]
      let absent = wanted.filter { !found.terminals.contains($0) }
      guard absent.isEmpty else {
        return Row(
          "gnuplot", .limited, "\(found.version) without \(absent.joined(separator: ", "))",
          fix: Gnuplot.remedy)
      }
      return Row("gnuplot", .fine, "\(found.version): \(wanted.joined(separator: ", "))")
    } catch {
      return Row("gnuplot", .limited, error.message, fix: error.remedy ?? Gnuplot.remedy)
    }
  }

  static func locale() -> Row {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    let name = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? "C"
    let lowered = name.lowercased()
    return lowered.contains("utf-8") || lowered.contains("utf8")
      ? Row("locale", .fine, name)
      : Row("locale", .limited, "\(name); output is ASCII only", fix: "export LC_ALL=C.UTF-8")
  }

  static func terminal() -> Row {
    guard isatty(STDERR_FILENO) == 1 else { return Row("terminal", .fine, "none: plain lines") }
    var window = winsize()
    let type = getenv("TERM").map { String(cString: $0) } ?? "unnamed"
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else {
      return Row("terminal", .fine, "\(type), of unknown size")
    }
    return Row("terminal", .fine, "\(type), \(window.ws_col) x \(window.ws_row)")
  }
}
