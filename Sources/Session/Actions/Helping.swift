import Components
import Engine
import Script

extension EtudeSession {
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
