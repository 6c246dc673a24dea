import Components

extension Fault {
  /// An argument that MONAI has and that needs Python objects Étude does not know.
  static func refused(_ argument: String, of component: String) -> Fault {
    Fault(
      .unsupported, "\(argument) of \(component) is not supported", wanted: "no \(argument)",
      remedy: "remove \(argument)", argument: [argument])
  }
}
