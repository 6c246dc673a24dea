import Components

extension Value {
  /// The methods of a plain value, as they are called; an object has attributes instead.
  public var methodNames: [String] { Methods.of(self).map(\.name) }
}
