import Components
import Engine
import Script

/// A component as far as it is known before anything is built.
final class CheckedComponent {
  let node: Node?
  let place: ComponentPlace
  let type: any Component.Type
  /// With every argument that could be read; the others have their defaults.
  let value: any Component
  /// Arguments that are written but whose values only building can tell, or that are wrong.
  let open: Set<String>
  /// The objects its arguments name.
  let parts: [String: [StandIn]]
  /// What is wrong with single arguments, located.
  let faults: [Fault]
  /// What is wrong with the arguments together.
  let conflict: Fault?
  /// It is a `ref`: its arguments are those of another component.
  let isCopy: Bool

  init(
    node: Node?, place: ComponentPlace, type: any Component.Type, value: any Component,
    open: Set<String>, parts: [String: [StandIn]], faults: [Fault], conflict: Fault?, isCopy: Bool
  ) {
    (self.node, self.place, self.type, self.value) = (node, place, type, value)
    (self.open, self.parts) = (open, parts)
    (self.faults, self.conflict, self.isCopy) = (faults, conflict, isCopy)
  }

  var name: String { type.declaration.name }
  /// Every argument is known and in order, so that its behaviour may be asked for.
  var isKnown: Bool { open.isEmpty && isRight }
  /// Nothing is wrong with what is known of it.
  var isRight: Bool { faults.isEmpty && conflict == nil }

  /// The component that an argument names.
  func node(of argument: String) -> Node? { parts[argument]?.first?.node }
}

/// Reads the arguments of a component without building what they name.
struct ComponentReading {
  let subject: CheckSubject
  let section: Section
  let place: ComponentPlace
  let type: any Component.Type
  private var values: ValueDictionary
  private var open: Set<String> = []
  private var parts: [String: [StandIn]] = [:]
  private var faults: [Fault] = []

  init(
    _ subject: CheckSubject, _ section: Section, _ place: ComponentPlace, _ type: any Component.Type
  ) {
    (self.subject, self.section, self.place, self.type) = (subject, section, place, type)
    values = ValueDictionary(capacity: place.component.arguments.count)
  }

  mutating func read(node: Node?, isCopy: Bool) -> CheckedComponent {
    let declared = type.declaration.arguments
    let own = place.component.attributes.filter { part in
      declared.contains { $0.isAttribute && $0.name == part.name }
    }
    for part in place.component.arguments + own {
      take(part, declared.first { $0.name == part.name })
    }
    let (component, wrong) = type.readAny(values, open: open)
    faults += wrong.map { place.locate(meant($0, declared)) }
    open.formUnion(wrong.compactMap { $0.argument.first })
    var conflict: Fault?
    if wrong.isEmpty {
      do throws(Fault) { try component.validate() } catch {
        // What is said about an argument that could not be read is not to be relied on.
        let blamed = error.argument.first
        let isSure = blamed.map { !open.contains($0) } ?? open.isEmpty
        let isAlone = open.allSatisfy { parts[$0] != nil }
        if isSure, isAlone { conflict = place.locate(error) }
      }
    }
    return CheckedComponent(
      node: node, place: place, type: type, value: component, open: open, parts: parts,
      faults: faults, conflict: conflict, isCopy: isCopy)
  }

  private mutating func take(_ part: NamedExpression, _ declared: Declaration.Argument?) {
    guard let declared else {
      // The name is wrong, whatever the value.
      values[part.name] = Value.none
      return
    }
    do {
      let value = try subject.value(
        of: part.value, in: CheckScope(subject: subject, place: section))
      let standIns = value.standIns
      if standIns.isEmpty {
        values[part.name] = value
        return
      }
      parts[part.name] = standIns
      open.insert(part.name)
      if let fault = Self.mismatch(declared.form, value) {
        faults.append(place.locate(fault.inArgument(part.name)))
      }
    } catch let fault as Fault where ![.limit, .interrupted, .unsupported].contains(fault.kind) {
      open.insert(part.name)
      faults.append(
        subject.explained(fault, part.value, section)
          .at(subject.session.sources.place(part.value.span), path: place.path(of: part)))
    } catch {
      open.insert(part.name)
    }
  }

  /// The argument that an older Clara called so, where this component has it.
  private func meant(_ fault: Fault, _ declared: [Declaration.Argument]) -> Fault {
    guard fault.kind == .unknownArgument, let name = fault.argument.first,
      let newer = FormerNames.argument(name), declared.contains(where: { $0.name == newer })
    else { return fault }
    var fault = fault
    fault.suggestion = newer
    return fault
  }

  /// An object of another family than the argument takes; nil when it fits or cannot be told.
  private static func mismatch(_ form: ArgumentForm, _ value: Value) -> Fault? {
    switch (form, value) {
    case (.optional(let wrapped), _): return mismatch(wrapped, value)
    case (.either(let forms), _):
      let all = forms.compactMap { mismatch($0, value) }
      return all.count == forms.count ? all.first : nil
    case (.component(let kind), .object(let object as StandIn)):
      guard let family = object.family, family != kind else { return nil }
      return Fault(.wrongType, "wrong type", got: object.described, wanted: kind.rawValue)
    case (.list(let element), .list(let items)):
      return items.lazy.compactMap { mismatch(element, $0) }.first
    case (.dict(let element), .dict(let entries)):
      return entries.lazy.compactMap { mismatch(element, $0.value) }.first
    case (.any, _): return nil
    case (_, .object(let object as StandIn)):
      return object.family == nil
        ? nil : Fault(.wrongType, "wrong type", got: object.described, wanted: form.text)
    case (.component, _), (.dict, _):
      return Fault(.wrongType, "wrong type", got: value.kindName, wanted: form.text)
    default: return nil
    }
  }
}

extension StandIn {
  fileprivate var described: String {
    guard let family, family.rawValue != kind else { return kind }
    return "\(kind), which is of the family \(family.rawValue)"
  }
}

extension Component {
  /// `read` for a type that is known only while running.
  fileprivate static func readAny(
    _ arguments: ValueDictionary, open: Set<String>
  ) -> (component: any Component, faults: [Fault]) {
    let (component, faults) = read(arguments, open: open)
    return (component, faults)
  }
}
