import Components
import Engine
import Script

/// `check()`, `etude check`, and what a run looks at before it begins.
extension EtudeSession {
  /// How long voxels are read for one check; the next goes on where this one stopped.
  private static let voxelTime = Duration.seconds(10)

  var checkAction: Builtin {
    Builtin(
      "check", "Finds mistakes without running anything: in the session, or in a config.",
      effect: .action, BuiltinParameter<PathArgument?>("path", default: nil)
    ) { [self] _, path in
      let report =
        try path.map {
          try Self.check(
            CheckOptions(path: $0.path), output: output, cancellation: cancellation)
        } ?? check()
      // Readers of HTML show colours of terminals too.
      output.write(
        report.text(width: 100, hasColor: output.forms.contains(.html)), to: .result)
      return .none
    }
  }

  /// Everything that can be known about the session without running it.
  func check() throws -> CheckReport {
    let found = try findings(CheckSubject(self, voxelTime: Self.voxelTime))
    // What a rule says more closely replaces what was said on reading, and how long a run is does not
    // matter while it cannot begin.
    let errors = found.filter { $0.severity == .error }
    let codes = Set(errors.map(\.code))
    let all = remarks.filter { !codes.contains($0.code) } + found
    return CheckReport(errors.isEmpty ? all : all.filter { $0.code != MemoryRule.steps })
  }

  private func findings(_ subject: CheckSubject) throws -> [Finding] {
    var findings: [Finding] = []
    for rule in CheckRules.all {
      findings += try rule.init().findings(subject)
      try subject.checkCancellation()
    }
    return findings
  }

  /// The errors that a check would find, of what is about to run and from what is known by headers or kept
  /// already.
  func preflight(_ sections: [Section]) throws {
    let findings = try findings(CheckSubject(self, sections: sections))
    // Whether there is something to run is for the run itself to say.
    let errors = CheckReport(
      findings.filter { $0.severity == .error && $0.code != .nothingToRun }
    ).findings.errors
    guard let first = errors.first else { return }
    throw errors.count == 1 ? first : FaultList(errors)
  }

  /// Of a training, and of the validation it leads to: its windows would fail only after the first epoch.
  func preflightTraining() throws {
    // What is not there at all is said with the line that would make it.
    try requireTrainingParts()
    try preflight(bindings[.validate, "evaluator"] == nil ? [.train] : [.train, .validate])
  }

  /// Checks configs in sessions of their own.
  ///
  /// - Throws: when there is no such file; mistakes inside the files are findings.
  public static func check(
    _ options: CheckOptions, output: any OutputSink, cancellation: Cancellation
  ) throws -> CheckReport {
    var findings: [Finding] = []
    var own = SessionOptions(sets: options.sets, cancellation: cancellation)
    own.keepsCases = false
    for config in try options.configs {
      let session = EtudeSession(options: own, output: ProgressSink(output: output))
      findings += try session.check(config, environment: options.environment)
    }
    output.write("", to: .progress)
    return CheckReport(findings)
  }

  private func check(_ path: String, environment: String?) throws -> [Finding] {
    let loaded = try read(path, environment: environment, root: nil, sets: [])
    guard loaded.isReadable else { return loaded.findings }
    take(loaded)
    let findings = loaded.findings.filter { $0.severity == .error } + (try check().findings)
    guard loaded.kind == .flat else { return findings }
    // The elements of a validation stand at the top of its file.
    return findings.map { finding in
      var finding = finding
      if let path = finding.fault.path, path.hasPrefix("validate.") {
        finding.fault.path = String(path.dropFirst("validate.".count))
      }
      return finding
    }
  }

  /// What is wrong with the components of one binding, argument by argument; those that are disabled are
  /// left alone, and so is what needs other bindings to be there.
  func componentFaults(in bindings: Bindings, of node: Node) -> [Fault] {
    let subject = CheckSubject(self, bindings: bindings, of: node.binding)
    return ComponentRule().singly(subject).errors.filter {
      [.unknownName, .unknownArgument, .missingArgument, .wrongType, .outOfRange].contains($0.kind)
    }
  }
}

/// What `etude check` was asked to look at.
public struct CheckOptions: Sendable, Equatable {
  /// An MMAR folder or a config.
  public var path: String
  public var environment: String?
  /// `name=value` words; later ones win.
  public var sets: [String]

  public init(path: String = ".", environment: String? = nil, sets: [String] = []) {
    (self.path, self.environment, self.sets) = (path, environment, sets)
  }

  /// The configs of an MMAR that a run would take; a config is itself.
  var configs: [String] {
    get throws(Fault) {
      guard ConfigFile.kind(of: path) == .folder else { return [path] }
      let found = ["train", "validation", "inference"]
        .map { ConfigFile.join(path, "config/config_\($0).json") }
        .filter { ConfigFile.kind(of: $0) == .file }
      return found.isEmpty ? [try ConfigLocation(path: path).config] : found
    }
  }
}

/// Shows how far something is and nothing else.
private struct ProgressSink: OutputSink {
  let output: any OutputSink
  var isLive: Bool { output.isLive }

  func write(_ text: String, to channel: OutputChannel) {
    if channel == .progress { output.write(text, to: .progress) }
  }
}
