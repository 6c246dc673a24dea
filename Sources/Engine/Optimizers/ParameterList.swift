import Components

/// What an optimizer's `params` names: parameters, or groups of them with options of their own.
struct ParameterList {
  struct Group {
    var parameters: [Parameter]
    /// The options the group sets itself, by argument name.
    var options: ValueDictionary = [:]
  }

  private(set) var groups: [Group]

  /// Reads a list, a tuple or a stream of parameters, or of dicts such as
  /// `{"params": @model.parameters(), "lr": 1e-4}`.
  init(_ value: Value) throws {
    do {
      let items = try Self.items(of: value)
      if case .dict = items.first {
        groups = try items.enumerated().map { index, item in
          do { return try Self.group(item) } catch let fault as Fault {
            throw fault.inArgument("#\(index + 1)")
          }
        }
      } else {
        groups = [Group(parameters: try Self.parameters(items))]
      }
      try refuseRepeated()
    } catch let fault as Fault {
      throw fault.inArgument("params")
    }
  }

  private static let wanted = "@model.parameters(), a list of parameters, or a list of groups"

  private static func items(of value: Value) throws -> [Value] {
    switch value {
    case .list(let items), .tuple(let items): return items
    case .object(let stream as any Components.Stream):
      var items: [Value] = []
      while let item = try stream.next() { items.append(item) }
      return items
    case .object(let object as any Network):
      throw Fault(
        .wrongType, "an optimizer takes the parameters of a network, not the network",
        got: object.kind, wanted: wanted, remedy: "params=@model.parameters()")
    default: throw Fault.wrongType(wanted: wanted, got: value)
    }
  }

  private static func parameters(_ items: [Value]) throws -> [Parameter] {
    try items.enumerated().map { index, item in
      switch item {
      case .object(let object as ParameterObject): return object.parameter
      case .object(let object as TensorObject):
        if let parameter = object.parameter { return parameter }
        throw Fault(
          .wrongType, "this tensor has no gradient to follow", got: item.shortened,
          remedy: "tensor([1.0, 2.0], requires_grad=True)"
        ).inArgument("#\(index + 1)")
      default: throw Fault.wrongType(wanted: "parameter", got: item).inArgument("#\(index + 1)")
      }
    }
  }

  private static func group(_ item: Value) throws -> Group {
    guard case .dict(var options) = item else {
      throw Fault.wrongType(wanted: "group, as the first entry is one", got: item)
    }
    guard let params = options["params"] else {
      throw Fault(
        .missingArgument, "a parameter group needs \"params\"", got: item.shortened,
        wanted: "{\"params\": @model.parameters(), ...}")
    }
    options["params"] = nil
    if case .object(let one as ParameterObject) = params {
      return Group(parameters: [one.parameter], options: options)
    }
    do {
      return Group(parameters: try parameters(items(of: params)), options: options)
    } catch let fault as Fault {
      throw fault.inArgument("params")
    }
  }

  private func refuseRepeated() throws(Fault) {
    var seen: Set<ObjectIdentifier> = []
    for parameter in groups.flatMap(\.parameters)
    where !seen.insert(ObjectIdentifier(parameter)).inserted {
      throw Fault(
        .invalid, "parameter \(parameter.name) is listed twice", got: "twice", wanted: "once")
    }
    if seen.isEmpty {
      throw Fault(
        .invalid, "the optimizer has no parameters to change", got: "none",
        wanted: "at least one", remedy: "params=@model.parameters()")
    }
  }
}
