/// Functions of Python that people type out of habit, and what stands for them here.
enum PythonNames {
  static func instead(of name: String) -> (reason: String, remedy: String?)? {
    switch name {
    case "isinstance": ("kinds are compared by their names", "type(x) == \"list\"")
    case "filter": ("a comprehension chooses", "[x for x in xs if x > 0]")
    case "set", "frozenset":
      ("a list or the keys of a dict hold each name once", "dict([(x, True) for x in xs])")
    case "open", "input": ("files are named to load, datalist, show and LoadImaged", nil)
    case "eval", "exec", "compile", "__import__", "globals", "locals":
      ("text is never run as code", nil)
    case "getattr", "setattr", "hasattr", "vars": ("attributes are written with a dot", "x.name")
    case "dir": ("help says what there is", "help(x)")
    case "pow": ("** is the power", "x ** 2")
    case "divmod": ("// and % give both", "x // y, x % y")
    case "next", "iter": ("first gives the first element", "first(x)")
    case "format": ("f-strings format", "f\"{x:.3f}\"")
    case "chr", "ord", "hex", "bin", "oct": ("f-strings format numbers", "f\"{x:x}\"")
    default: nil
    }
  }
}
