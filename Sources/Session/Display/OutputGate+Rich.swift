import Components

extension OutputSink {
  /// Shows a text, and its HTML where somebody reads that.
  func show(_ text: String, html: @autoclosure () -> String, as role: OutputRole = .display) {
    show(RichOutput(text, html: forms.contains(.html) ? html() : nil), as: role)
  }
}
