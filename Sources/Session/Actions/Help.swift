import Components
import Engine
import Script

/// `help()`, `?name` and `??name`.
extension EtudeSession {
  var helpAction: Builtin {
    Builtin(
      "help", "What a name means and takes; without one, a tour of ten minutes.", effect: .action,
      BuiltinParameter<Value?>("x", default: nil)
    ) { [self] _, value in
      showPages(try help(value))
      return .none
    }
  }

  private func help(_ value: Value?) throws -> String {
    publishView()
    switch value {
    case nil, Value.none?: return onlooker().overview
    case .int(let number)?: return try tourStep(number)
    case .object(let type as ComponentClass)?: return onlooker().page(type.declaration)
    case .function(let builtin as Builtin)?: return onlooker().page(builtin)
    case .string(let name)?: return try onlooker().help(name, isDouble: false)
    case .object(let object)?:
      if let type = catalog[object.kind] { return onlooker().page(type.declaration) }
      return text(of: .object(object))
    case let value?: return text(of: value)
    }
  }

  /// `?name`, and with `isDouble` `??name`: the declaration as JSON.
  func answer(_ name: String, isDouble: Bool, at place: Place) throws {
    publishView()
    do throws(Fault) { showPages(try onlooker().help(name, isDouble: isDouble)) } catch {
      throw error.at(place)
    }
  }

  // MARK: The tour

  private func tourStep(_ number: Int) throws -> String {
    guard 1...Tour.steps.count ~= number else {
      throw Fault(
        .outOfRange, "the tour has \(Tour.steps.count) steps", got: "\(number)", remedy: "help(1)")
    }
    tourPosition = number
    return Tour.page(number, columns: display.columns(), style: display.style)
  }

  /// `%next`
  func showNextStep() throws { showPages(try tourStep(tourPosition % Tour.steps.count + 1)) }

  // MARK: Showing

  /// A long answer goes through the pager where there is one.
  func showPages(_ text: String) {
    if let page = display.page { page(text) } else { output.write(text, to: .result) }
  }

  /// A value in every form that somebody here can read.
  func rich(_ value: Value) -> RichOutput {
    RichOutput(text(of: value), html: output.forms.contains(.html) ? html(of: value) : nil)
  }

  /// Of what is a table; nil where the text says all.
  private func html(of value: Value) -> String? {
    switch value {
    case .object(let type as ComponentClass): ComponentHelp(declaration: type.declaration).html
    case .object(let run as Run): run.html(number: nil, showsTime: !display.isRepeatable)
    default: nil
    }
  }

  /// A value as the prompt shows it.
  func text(of value: Value) -> String {
    switch value {
    case .object(let type as ComponentClass): onlooker().page(type.declaration)
    case .object(let written as WrittenExpression):
      display.style.code(printer.layout(written.expression, width: display.columns()))
    case .object(let run as Run): run.summary(showsTime: !display.isRepeatable)
    case .object(let object): object.summary
    default: display.style.code(ValueScreen(value: value).text)
    }
  }
}
