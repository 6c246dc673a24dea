import Components

/// The functions of the language that need nothing but values, in alphabetical order.
public enum Builtins {
  public static let all: [Builtin] = [
    SequenceBuiltins.absolute, SequenceBuiltins.all, SequenceBuiltins.any, Conversions.bool,
    Conversions.dict, SequenceBuiltins.enumerate, Conversions.float, FromEngine.builtin,
    Conversions.int, SequenceBuiltins.length, Conversions.list, SequenceBuiltins.map,
    Extremes.maximum, Extremes.minimum, Print.builtin, SequenceBuiltins.range, Conversions.repr,
    SequenceBuiltins.reversed, Conversions.round, SequenceBuiltins.sorted, Conversions.str,
    SequenceBuiltins.sum, Conversions.tuple, Conversions.type, SequenceBuiltins.zip,
  ]

  /// Roots of dotted names that are copied out of Python.
  public static let packages: Set<String> = [
    "ignite", "math", "monai", "np", "numpy", "os", "sys", "torch",
  ]

  private static let byName: [String: Builtin] = {
    var table = Dictionary(all.map { ($0.name, $0) }) { _, first in first }
    for path in ["monai.handlers.from_engine", "monai.handlers.utils.from_engine"] {
      table[path] = FromEngine.builtin
    }
    return table
  }()

  /// A built-in by its name, or by the dotted path that Python code has for it.
  public static func named(_ name: String) -> Builtin? { byName[name] }
}
