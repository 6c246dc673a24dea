import Components
import Engine
import Script

/// What names mean.
extension Onlooker {
  func help(_ name: String, isDouble: Bool) throws(Fault) -> String {
    if name.isEmpty { return overview }
    if name.hasPrefix("%") { return try magicHelp(String(name.drop { $0 == "%" })) }
    let bare = name.trimming { "@<>".contains($0) }
    if let found = try bindingHelp(name, bare, isDouble: isDouble) { return found }
    if let type = catalog[bare] {
      return isDouble
        ? display.style.code(DeclarationJSON.text(type.declaration)) : page(type.declaration)
    }
    if let builtin = action(bare) ?? Builtins.named(bare) {
      return isDouble ? display.style.code(DeclarationJSON.text(builtin)) : page(builtin)
    }
    let known =
      view.names.map(\.name) + catalog.spellings + actions.map(\.name) + Builtins.all.map(\.name)
    throw Fault.unknown("name", bare, among: known)
  }

  private func action(_ name: String) -> Builtin? { actions.first { $0.name == name } }

  /// What is bound under a name: where it was written, what, and what its class takes.
  private func bindingHelp(
    _ name: String, _ bare: String, isDouble: Bool
  ) throws(Fault) -> String? {
    // A function is asked about more often than the section of the same name.
    if action(bare) != nil, name == bare || Section(rawValue: bare) != nil { return nil }
    let bindings = view.bindings
    let path: Path
    do throws(Fault) { path = try Path(dotted: bare) } catch { return nil }
    let target: Bindings.Target
    do throws(Fault) { target = try bindings.target(of: path) } catch { return nil }
    let binding =
      bindings[target.node.section, target.node.name]
      ?? bindings.lookup(target.node.name, from: .top)
    guard let binding else { return nil }
    let expression =
      target.steps.isEmpty
      ? binding.expression : try bindings.expression(at: path)
    if isDouble { return display.style.code(json(of: binding, expression)) }
    let outline = view.outline(binding)
    let columns = display.columns()
    let written =
      binding.held != nil && target.steps.isEmpty
      ? "\(outline?.kind ?? "") \(outline?.text ?? "")"
      : display.style.code(
        view.printer.layout(expression, indent: bare.count + 3, width: columns))
    var lines = ["\(bare) = \(written)"]
    let place = sources.place(binding.provenance.span)
    lines.append("written in \(place.source):\(place.line):\(place.column)")
    if let declaration = expression.component?.writtenName.flatMap({ catalog[$0]?.declaration }) {
      lines.append(target.steps.isEmpty && outline != nil ? "built" : "not built yet")
      lines += ["", page(declaration)]
    }
    return lines.joined(separator: "\n")
  }

  private func json(of binding: Binding, _ expression: Expression) -> String {
    let config = ConfigWriter.config(view.bindings, resolved: false).0
    let section = config[binding.section.rawValue] ?? config
    if let value = section[binding.name], binding.expression.span == expression.span {
      return JSONWriter.string(value)
    }
    return view.printer.text(expression)
  }

  // MARK: Pages

  func page(_ declaration: Declaration) -> String {
    ComponentHelp(declaration: declaration).text(columns: display.columns(), style: display.style)
  }

  func page(_ builtin: Builtin) -> String {
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

  private func magicHelp(_ name: String) throws(Fault) -> String {
    if name.isEmpty { return table(Magic.all.map { [$0.signature, $0.help] }) }
    guard let magic = Magic.named(name) else {
      throw Fault.unknown("% command", "%" + name, among: Magic.all.map { "%" + $0.name })
    }
    return magic.signature + "\n  " + magic.help
  }

  /// The contents: the tour, functions, commands of the prompt.
  var overview: String {
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
}

extension String {
  fileprivate func trimming(_ isOuter: (Character) -> Bool) -> String {
    var text = self[...].drop(while: isOuter)
    while let last = text.last, isOuter(last) { text.removeLast() }
    return String(text)
  }
}
