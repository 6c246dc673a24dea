import Components

/// `print(x, y, sep=" ", end="\n")`
enum Print {
  static let builtin = Builtin(
    "print", "Writes its arguments as one line.", effect: .action,
    signature: "print(value, …, sep=\" \", end=\"\\n\")", names: ["sep", "end", "flush"]
  ) { arguments, context in
    let separator = arguments.named["sep"]?.displayText ?? " "
    let end = arguments.named["end"]?.displayText ?? "\n"
    let line = arguments.positional.map(\.displayText).joined(separator: separator) + end
    try context.budget.allow(size: line.utf8.count)
    context.output.write(line, to: line.hasSuffix("\n") ? .result : .part)
    return .none
  }
}
