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
    switch value {
    case nil, Value.none?: return overview
    case .int(let number)?: return try tourStep(number)
    case .object(let type as ComponentClass)?: return page(type.declaration)
    case .function(let builtin as Builtin)?: return page(builtin)
    case .string(let name)?: return try help(name, isDouble: false)
    case .object(let object)?:
      if let type = catalog[object.kind] { return page(type.declaration) }
      return text(of: .object(object))
    case let value?: return text(of: value)
    }
  }

  /// `?name`, and with `isDouble` `??name`: the declaration as JSON.
  func answer(_ name: String, isDouble: Bool, at place: Place) throws {
    do { showPages(try help(name, isDouble: isDouble)) } catch let fault as Fault {
      throw fault.at(place)
    }
  }

  private func help(_ name: String, isDouble: Bool) throws -> String {
    if name.isEmpty { return overview }
    if name.hasPrefix("%") { return try magicHelp(String(name.drop { $0 == "%" })) }
    let bare = name.trimming { "@<>".contains($0) }
    if let found = try bindingHelp(name, bare, isDouble: isDouble) { return found }
    if let type = catalog[bare] {
      let style = display.style
      return isDouble
        ? style.code(DeclarationJSON.text(type.declaration)) : page(type.declaration)
    }
    if let builtin = action(bare) ?? Builtins.named(bare) {
      return isDouble ? display.style.code(DeclarationJSON.text(builtin)) : page(builtin)
    }
    let known = view.names.map(\.name) + catalog.spellings + actionNames + Builtins.all.map(\.name)
    throw Fault.unknown("name", bare, among: known)
  }

  /// What is bound under a name: where it was written, what, and what its class takes.
  private func bindingHelp(_ name: String, _ bare: String, isDouble: Bool) throws -> String? {
    // A function is asked about more often than the section of the same name.
    if Section(rawValue: bare).map({ $0 != .top }) ?? false {
      return action(bare) == nil ? table(of: Section(rawValue: bare) ?? .train).text : nil
    }
    let path: Path
    do throws(Fault) { path = try Path(dotted: bare) } catch { return nil }
    let target: Bindings.Target
    do throws(Fault) { target = try bindings.target(of: path) } catch { return nil }
    let binding =
      bindings[target.node.section, target.node.name]
      ?? bindings.lookup(target.node.name, from: .top)
    guard let binding, action(bare) == nil || name != bare else { return nil }
    let expression =
      target.steps.isEmpty
      ? binding.expression : try bindings.expression(at: path)
    if isDouble { return display.style.code(json(of: binding, expression)) }
    let outline = view.outline(binding)
    let isHeld = binding.held != nil
    let columns = display.columns()
    let written =
      isHeld && target.steps.isEmpty
      ? "\(outline?.kind ?? "") \(outline?.text ?? "")"
      : display.style.code(
        printer.layout(expression, indent: bare.count + 3, width: columns))
    var lines = ["\(bare) = \(written)"]
    let place = sources.place(binding.provenance.span)
    lines.append("written in \(place.source):\(place.line):\(place.column)")
    if let declaration = expression.component?.writtenName.flatMap({ catalog[$0]?.declaration }) {
      let isBuilt = target.steps.isEmpty && workbench.built(binding.node) != nil
      lines.append(isBuilt ? "built" : "not built yet")
      lines += ["", page(declaration)]
    }
    return lines.joined(separator: "\n")
  }

  private func json(of binding: Binding, _ expression: Expression) -> String {
    let config = ConfigWriter.config(bindings, resolved: false).0
    let section = config[binding.section.rawValue] ?? config
    if let value = section[binding.name], binding.expression.span == expression.span {
      return JSONWriter.string(value)
    }
    return printer.text(expression)
  }

  // MARK: Pages

  private func page(_ declaration: Declaration) -> String {
    ComponentHelp(declaration: declaration).text(columns: display.columns(), style: display.style)
  }

  private func page(_ builtin: Builtin) -> String {
    let columns = display.columns()
    var lines = ScreenText.wrapped(
      "", builtin.signature, indent: builtin.name.count + 1, width: columns
    ).map { display.style.code($0) }
    lines += ScreenText.wrapped("  ", builtin.help, indent: 2, width: columns)
    if !builtin.parameters.isEmpty {
      let rows = builtin.parameters.map { [$0.name, ParameterOutline($0).detail] }
      lines.append(Table(rows, indent: 2).text(width: columns, style: display.style))
    }
    return lines.joined(separator: "\n")
  }

  private func magicHelp(_ name: String) throws -> String {
    if name.isEmpty { return table(Magic.all.map { [$0.signature, $0.help] }) }
    guard let magic = Magic.named(name) else {
      throw Fault.unknown("% command", "%" + name, among: Magic.all.map { "%" + $0.name })
    }
    return magic.signature + "\n  " + magic.help
  }

  /// The contents: the tour, functions, commands of the prompt.
  private var overview: String {
    func heading(_ title: String, _ text: String) -> String {
      ScreenText.wrapped(
        display.style.paint(title, .bold) + ": ", text, indent: 2, width: display.columns()
      ).joined(separator: "\n")
    }
    let commands = Magic.all.map { "%" + $0.name }.joined(separator: " ")
    return [
      heading("tour", "ten minutes, help(1) begins, %next goes on"),
      table(Tour.contents),
      heading("functions", "?train shows one, with its arguments"),
      table(actions.map { [$0.name, $0.help] }),
      heading("commands of the prompt", "?% shows what they take"),
      ScreenText.wrapped("  ", commands, indent: 2, width: display.columns())
        .joined(separator: "\n"),
      heading("more", "components() lists the classes, ?UNet shows one, ??UNet as JSON"),
    ].joined(separator: "\n")
  }

  private func table(_ rows: [[String]]) -> String {
    Table(rows, indent: 2).text(width: display.columns(), style: display.style)
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
    case .object(let type as ComponentClass): page(type.declaration)
    case .object(let written as WrittenExpression):
      display.style.code(printer.layout(written.expression, width: display.columns()))
    case .object(let run as Run): run.summary(showsTime: !display.isRepeatable)
    case .object(let object): object.summary
    default: display.style.code(ValueScreen(value: value).text)
    }
  }
}

extension String {
  fileprivate func trimming(_ isOuter: (Character) -> Bool) -> String {
    var text = self[...].drop(while: isOuter)
    while let last = text.last, isOuter(last) { text.removeLast() }
    return String(text)
  }
}
