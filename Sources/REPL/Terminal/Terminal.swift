import Glibc

/// When to use colours; `--color`.
enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never
}

/// What the terminal around the process can show, found once at the start.
struct Terminal: Sendable, Equatable {
  var isInputTerminal: Bool
  var isOutputTerminal: Bool
  var isErrorTerminal: Bool
  /// Results and notes carry colour codes.
  var usesColor: Bool
  /// The locale's characters are UTF-8.
  var isUnicode: Bool
  /// A terminal that cannot move its cursor (`TERM=dumb`, or none named).
  var isDumb: Bool

  /// The three standard streams as they are.
  static func current(
    color: ColorChoice = .auto, environment: Environment = .process
  ) -> Terminal {
    Terminal(
      color: color, environment: environment, isInput: isatty(STDIN_FILENO) == 1,
      isOutput: isatty(STDOUT_FILENO) == 1, isError: isatty(STDERR_FILENO) == 1)
  }

  /// NO_COLOR (any value but an empty one) means `never` unless `--color` says otherwise.
  init(
    color: ColorChoice, environment: Environment, isInput: Bool, isOutput: Bool, isError: Bool
  ) {
    (isInputTerminal, isOutputTerminal, isErrorTerminal) = (isInput, isOutput, isError)
    let type = environment["TERM"] ?? ""
    isDumb = type.isEmpty || type == "dumb"
    isUnicode = Self.isUnicode(environment)
    usesColor =
      switch color {
      case .always: true
      case .never: false
      case .auto: isOutput && isError && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty
      }
  }

  /// Only a terminal that can take a line back gets a live line.
  var isLive: Bool { isErrorTerminal && !isDumb }

  /// The character set of the locale as the C library reads it: LC_ALL, LC_CTYPE, LANG.
  private static func isUnicode(_ environment: Environment) -> Bool {
    let locale =
      ["LC_ALL", "LC_CTYPE", "LANG"].lazy
      .compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
    let name = locale.lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }

  /// Columns and rows of the terminal on a descriptor; 80 x 24 where nothing is known.
  static func size(of descriptor: Int32 = STDERR_FILENO) -> (columns: Int, rows: Int) {
    var window = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(window.ws_col), max(Int(window.ws_row), 1))
  }
}

/// The variables of the process, or others in a test.
struct Environment: Sendable {
  static let process = Environment { name in getenv(name).map { String(cString: $0) } }

  private let lookup: @Sendable (String) -> String?

  init(_ lookup: @escaping @Sendable (String) -> String?) { self.lookup = lookup }
  init(_ variables: [String: String]) { lookup = { variables[$0] } }

  subscript(name: String) -> String? { lookup(name) }

  /// Where the program keeps what outlives a session: `$XDG_STATE_HOME/etude`, or `~/.local/state/etude`.
  /// Nil when there is no home.
  var stateFolder: String? {
    if let state = self["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/etude" }
    guard let home = self["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.local/state/etude"
  }
}
