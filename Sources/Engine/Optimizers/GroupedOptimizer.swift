import Components
import Synchronization

/// An optimizer at work: parameter groups, and what every parameter remembers (torch's `Optimizer`).
final class GroupedOptimizer<Rule: UpdateRule>: Optimizer, HasAttributes {
  let members: [OptimizerGroup<Rule>]
  /// One for each parameter, in the order of the groups; nil before its first step.
  let memories: Mutex<[Rule.Memory?]>
  private let threads: Int

  var kind: String { Rule.schema.name }
  var groups: [any ParameterGroup] { members }
  /// All parameters, numbered as in torch's state dictionary.
  var parameters: [Parameter] { members.flatMap(\.parameters) }

  init(_ rule: Rule, threads: Int) throws {
    members = try ParameterList(rule.params).groups.map { group in
      var arguments = rule.changedArguments
      for (name, value) in group.options { arguments[name] = value }
      do throws(Fault) {
        return OptimizerGroup(group.parameters, try Rule.make(arguments))
      } catch {
        throw group.options.isEmpty ? error : error.inArgument("params")
      }
    }
    memories = Mutex(Array(repeating: nil, count: members.reduce(0) { $0 + $1.parameters.count }))
    self.threads = threads
  }

  var summary: String {
    let rates = members.map { "\($0.learningRate)" }.joined(separator: ", ")
    let count = parameters.count
    return "\(kind), lr \(rates), \(count) parameter\(count == 1 ? "" : "s")"
      + (members.count > 1 ? " in \(members.count) groups" : "")
  }

  /// Parameters without a gradient stay as they are. Nothing changes when one cannot be stepped.
  func step() throws {
    let parameters = self.parameters
    let gradients = try parameters.map { try Self.gradient(of: $0) }
    memories.withLock { memories in
      var position = 0
      for member in members {
        let rule = member.rule
        for parameter in member.parameters {
          if let gradient = gradients[position] {
            parameter.update {
              rule.update(&$0, along: gradient, &memories[position], threads: threads)
            }
          }
          position += 1
        }
      }
    }
  }

  private static func gradient(of parameter: Parameter) throws(Fault) -> Tensor? {
    guard let gradient = parameter.gradient else { return nil }
    let value = parameter.value
    guard value.dtype == .float32 else {
      throw .unsupported(
        "\(schemaName) trains float32 parameters; \(parameter.name) is \(value.dtype)")
    }
    guard gradient.shape == value.shape else {
      throw Fault(
        .shape, "the gradient of \(parameter.name) has another shape than the parameter",
        got: "\(gradient.shape)", wanted: "\(value.shape)")
    }
    return gradient.converted(to: .float32)
  }

  private static var schemaName: String { Rule.schema.name }

  /// Takes the gradients away (torch's `zero_grad(set_to_none=True)`): a parameter that the next
  /// backward pass does not reach is left alone by the next step.
  func zeroGradients() {
    for member in members {
      for parameter in member.parameters { parameter.gradient = nil }
    }
  }

  var attributeNames: [String] { ["param_groups", "step", "zero_grad"] }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "step":
      .function(
        NativeFunction(name, effect: .action) { [self] _, _ in
          try step()
          return .none
        })
    case "zero_grad":
      .function(
        NativeFunction(name, effect: .action) { [self] _, _ in
          zeroGradients()
          return .none
        })
    case "param_groups": .list(members.map(\.description))
    default: nil
    }
  }
}

/// Parameters that share options (an entry of torch's `param_groups`).
final class OptimizerGroup<Rule: UpdateRule>: ParameterGroup {
  let parameters: [Parameter]
  private let contents: Mutex<(rule: Rule, initialRate: Double?)>

  init(_ parameters: [Parameter], _ rule: Rule) {
    self.parameters = parameters
    contents = Mutex((rule, nil))
  }

  var rule: Rule {
    get { contents.withLock { $0.rule } }
    set { contents.withLock { $0.rule = newValue } }
  }

  var learningRate: Double {
    get { contents.withLock { $0.rule.lr } }
    set { contents.withLock { $0.rule.lr = newValue } }
  }

  var initialLearningRate: Double? {
    get { contents.withLock { $0.initialRate } }
    set { contents.withLock { $0.initialRate = newValue } }
  }

  /// The group as a dict of the language.
  var description: Value {
    var entries = ValueDictionary(
      (rule.options + rateOption).map { ($0.0, Value(option: $0.1)) })
    entries["params"] = .list(parameters.map { .object(ParameterObject($0)) })
    return .dict(entries)
  }

  /// `initial_lr`, once a scheduler has set it.
  var rateOption: [(String, StateValue)] {
    initialLearningRate.map { [("initial_lr", .double($0))] } ?? []
  }
}

extension Value {
  /// An option of a parameter group; tensors and dictionaries do not occur there.
  init(option: StateValue) {
    self =
      switch option {
      case .none, .tensor, .dict: .none
      case .bool(let flag): .bool(flag)
      case .int(let number): .int(number)
      case .double(let number): .double(number)
      case .string(let text): .string(text)
      case .list(let items): .list(items.map { Value(option: $0) })
      case .tuple(let items): .tuple(items.map { Value(option: $0) })
      }
  }
}
