import Components

extension Component {
  /// As it would be typed, without what is left at its default: `DiceLoss(softmax=True)`.
  var call: String {
    let arguments = changedArguments.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    return "\(Self.schema.name)(\(arguments))"
  }
}
