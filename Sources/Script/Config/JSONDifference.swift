import Components

/// What is not the same in two configs, one line each: `train.loss.args.softmax: true → false`.
public enum JSONDifference {
  public static func lines(from old: JSONValue, to new: JSONValue) -> [String] {
    lines(old, new, at: [])
  }

  private static func lines(_ old: JSONValue, _ new: JSONValue, at path: [String]) -> [String] {
    if old == new { return [] }
    switch (old.form, new.form) {
    case (.object(let before), .object(let after)):
      let keys = before.map(\.key) + after.map(\.key).filter { old[$0] == nil }
      return keys.flatMap { key in lines(old[key], new[key], at: path + [key]) }
    case (.list(let before), .list(let after)):
      return (0..<max(before.count, after.count)).flatMap { index in
        lines(
          before.indices.contains(index) ? before[index] : nil,
          after.indices.contains(index) ? after[index] : nil, at: path + ["#\(index + 1)"])
      }
    default: return ["\(name(path)): \(text(old)) → \(text(new))"]
    }
  }

  private static func lines(
    _ old: JSONValue?, _ new: JSONValue?, at path: [String]
  ) -> [String] {
    switch (old, new) {
    case (let old?, let new?): lines(old, new, at: path)
    case (let old?, nil): ["\(name(path)): \(text(old)) → nothing"]
    case (nil, let new?): ["\(name(path)): nothing → \(text(new))"]
    case (nil, nil): []
    }
  }

  private static func name(_ path: [String]) -> String {
    path.isEmpty ? "the file" : path.joined(separator: ".")
  }

  private static func text(_ value: JSONValue) -> String {
    switch value.form {
    case .object(let entries):
      switch value["name"]?.form ?? value["path"]?.form ?? value["ref"]?.form {
      case .string(let name)?: return name
      default: return "{\(entries.count) entries}"
      }
    case .list(let items) where items.contains(where: \.hasParts): return "[\(items.count) entries]"
    default:
      let text = JSONWriter.string(value)
      return text.count <= 40 ? text : text.prefix(37) + "..."
    }
  }
}

extension JSONValue {
  fileprivate var hasParts: Bool {
    switch form {
    case .object, .list: true
    default: false
    }
  }
}
