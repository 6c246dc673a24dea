import Components

/// What the blocks of a network share: rank, normalization, activation, dropout, and their order.
struct LayerForm: Sendable {
  /// Spatial axes: 2 or 3.
  var rank: Int
  var normalization: Normalization.Options?
  var activation: ActivationOptions?
  var dropout: Double
  var bias: Bool
  /// Letters N, D, A: normalization, dropout, activation (MONAI's ADN).
  var ordering: String

  struct ActivationOptions: Sendable, Hashable {
    /// PReLU's initial slope when trainable, else the fixed one.
    var slope: Double
    var isTrainable: Bool
  }
}

extension LayerForm {
  /// `"batch"`, `("batch", {"eps": 1e-3})`, in any letter case; None for no normalization.
  static func normalization(_ value: Value) throws(Fault) -> Normalization.Options? {
    guard let (name, options) = try named(value) else { return nil }
    guard let kind = Normalization.Kind(rawValue: name) else {
      throw Fault(
        .unsupported, "normalization \(name.quoted) is not available", got: name.quoted,
        wanted: Normalization.Kind.allCases.map(\.rawValue.quoted).joined(separator: " or "),
        suggestion: Spelling.nearest(to: name, among: Normalization.Kind.allCases.map(\.rawValue)))
    }
    var result = Normalization.Options(kind: kind)
    for (key, value) in options {
      do throws(Fault) {
        switch key {
        case "eps": result.epsilon = try Double(argument: value)
        case "momentum": result.momentum = try Double(argument: value)
        case "affine": result.affine = try Bool(argument: value)
        default: throw unknownOption(key, of: name, among: ["eps", "momentum", "affine"])
        }
      } catch { throw error.argument.isEmpty ? error.inArgument(key) : error }
    }
    return result
  }

  /// `"PRELU"`, `"relu"`, `("leakyrelu", {"negative_slope": 0.1})`; None for no activation.
  static func activation(_ value: Value) throws(Fault) -> ActivationOptions? {
    guard let (name, options) = try named(value) else { return nil }
    let slopeName: String?
    var result: ActivationOptions
    switch name {
    case "prelu":
      (result, slopeName) = (ActivationOptions(slope: 0.25, isTrainable: true), "init")
    case "relu":
      (result, slopeName) = (ActivationOptions(slope: 0, isTrainable: false), nil)
    case "leakyrelu":
      (result, slopeName) = (
        ActivationOptions(slope: 0.01, isTrainable: false), "negative_slope"
      )
    default:
      let known = ["prelu", "relu", "leakyrelu"]
      throw Fault(
        .unsupported, "activation \(name.quoted) is not available", got: name.quoted,
        wanted: known.map(\.quoted).joined(separator: " or "),
        suggestion: Spelling.nearest(to: name, among: known))
    }
    for (key, value) in options where key != "inplace" {
      guard key == slopeName else {
        throw unknownOption(key, of: name, among: [slopeName ?? "inplace"])
      }
      do throws(Fault) { result.slope = try Double(argument: value) } catch {
        throw error.inArgument(key)
      }
    }
    return result
  }

  /// MONAI's spelling of a factory and its options: a name, or a pair of name and dict.
  private static func named(_ value: Value) throws(Fault) -> (String, ValueDictionary)? {
    switch value {
    case .none: return nil
    case .string(let name): return (name.lowercased(), [:])
    default:
      if let items = value.elements, case .string(let name)? = items.first {
        if items.count == 1 { return (name.lowercased(), [:]) }
        if items.count == 2, case .dict(let options) = items[1] {
          return (name.lowercased(), options)
        }
      }
      throw .wrongType(wanted: "a name, or a name and a dict of options", got: value)
    }
  }

  private static func unknownOption(
    _ key: String, of name: String, among known: [String]
  ) -> Fault {
    Fault(
      .unknownArgument, "\(name) has no option \(key.quoted)",
      suggestion: Spelling.nearest(to: key, among: known), argument: [key],
      notes: ["it takes \(known.joined(separator: ", "))"])
  }
}
