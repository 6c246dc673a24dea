import Components
import Engine
import Script

extension EtudeSession {
  var helpAction: Builtin {
    Builtin(
      "help", "What a name means and takes.", effect: .action,
      BuiltinParameter<Value?>("x", default: nil)
    ) { [self] _, value in
      output.write(try help(value), to: .result)
      return .none
    }
  }

  private func help(_ value: Value?) throws -> String {
    switch value {
    case nil, Value.none?: return overview
    case .object(let type as ComponentClass)?: return type.summary
    case .function(let builtin as Builtin)?: return "\(builtin.signature)\n  \(builtin.help)"
    case .string(let name)?:
      if let type = catalog[name] { return ComponentHelp(declaration: type.declaration).text }
      if let builtin = action(name) ?? Builtins.named(name) {
        return "\(builtin.signature)\n  \(builtin.help)"
      }
      throw Fault.unknown("component or function", name, among: catalog.spellings + actionNames)
    case .object(let object)?:
      if let type = catalog[object.kind] {
        return ComponentHelp(declaration: type.declaration).text
      }
      return object.summary
    case let value?: return value.description
    }
  }

  private var overview: String {
    let rows = actions
    let width = rows.map { min($0.signature.count, 60) }.max() ?? 0
    return
      (["functions"]
      + rows.map { row in
        "  " + row.signature
          + String(repeating: " ", count: max(2, width + 2 - row.signature.count))
          + row.help
      } + ["help(UNet) shows a component, components() lists them"]).joined(separator: "\n")
  }

  var componentsAction: Builtin {
    Builtin(
      "components", "The names a config may use, by family.", effect: .action,
      BuiltinParameter<String?>("kind", default: nil)
    ) { [self] _, kind in
      if let kind, ComponentKind(rawValue: kind) == nil {
        throw Fault.unknown("family", kind, among: ComponentKind.allCases.map(\.rawValue))
      }
      for family in ComponentKind.allCases where kind == nil || family.rawValue == kind {
        let names = catalog.types.map { $0.declaration }.filter { $0.kind == family }.map(\.name)
        if !names.isEmpty {
          output.write("\(family.rawValue): \(names.sorted().joined(separator: ", "))", to: .result)
        }
      }
      return .none
    }
  }
}
