import Components
import Script

/// What a session looked like after its last statement or iteration: names, kinds, outlines of values,
/// where a run stands. Nothing in it lives, so any thread may read it while the session trains.
public struct SessionView: Sendable {
  /// One name of the session.
  public struct Name: Sendable {
    public var section: Section
    public var name: String
    /// `int`, `UNet`, `list`
    public var kind: String
    /// One short line: the value, or what is written.
    public var text: String
  }

  /// How far the run at work, or the last one, has come.
  public struct Progress: Sendable, Equatable {
    public var epoch: Int
    public var epochs: Int
    public var iteration: Int
    /// Last value of each metric.
    public var metrics: [String: Double]
  }

  let bindings: Bindings
  /// Values that exist, by what they are the value of.
  let values: [Node: ValueOutline]
  /// Names of the series of the last run.
  let seriesNames: [String]
  /// The entries that were run, the oldest first.
  public let inputs: [String]
  public var progress: Progress?

  let printer: Printer

  init(
    bindings: Bindings, values: [Node: ValueOutline], seriesNames: [String], inputs: [String],
    progress: Progress?, printer: Printer
  ) {
    (self.bindings, self.values, self.seriesNames) = (bindings, values, seriesNames)
    (self.inputs, self.progress, self.printer) = (inputs, progress, printer)
  }

  /// Everything that has a name, the last value `_` left out.
  public var names: [Name] {
    Section.allCases.flatMap { section in
      bindings.bindings(in: section).compactMap { binding in
        binding.name == "_" ? nil : name(binding)
      }
    }
  }

  func outline(_ binding: Binding) -> ValueOutline? { values[binding.node] }

  private func name(_ binding: Binding) -> Name {
    let written = binding.expression
    var (kind, text) = (written.component?.writtenName ?? written.kindName, "")
    // What is written out is its own value; that of the last use may be an older one.
    if let outline = values[binding.node], !written.isWrittenOut {
      (kind, text) = (outline.kind, outline.text)
      if kind == text { text = "" }
    }
    if text.isEmpty, binding.held == nil {
      text = ValueOutline.cut(written.component == nil ? brief(written) : printer.text(written))
    }
    return Name(section: binding.section, name: binding.name, kind: kind, text: text)
  }

  /// What is written, in one short line.
  func brief(_ expression: Expression) -> String {
    switch expression.form {
    case .component(let component): component.writtenName ?? "checkpoint"
    case .list(let items) where items.contains { $0.component != nil }:
      items.map { $0.component?.writtenName ?? "…" }.joined(separator: ", ")
    default: printer.text(expression)
    }
  }
}

extension Expression {
  /// A number, a text without placeholders, True, False or None.
  fileprivate var isWrittenOut: Bool {
    switch form {
    case .int, .double, .string, .bool: true
    default: false
    }
  }
}
