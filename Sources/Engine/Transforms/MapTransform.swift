import Components

/// A transform that treats some keys of a sample, one after another (MONAI's `MapTransform`).
public protocol MapTransform: Transform {
  var keys: OneOrMany<String> { get set }
  /// Pass over keys the sample lacks instead of failing.
  var allowMissingKeys: Bool { get set }
}

/// A map transform that reads or writes the metadata of its keys.
public protocol MetadataTransform: MapTransform {
  /// Where each key's metadata is; None means `<key>_<meta_key_postfix>`.
  var metaKeys: OneOrMany<String>? { get set }
  var metaKeyPostfix: String { get set }
}

extension Argument where Root: MapTransform {
  static var keys: Argument { .required("keys", \Root.keys, "Entries of the sample to work on.") }
  static var allowMissingKeys: Argument {
    .optional("allow_missing_keys", \Root.allowMissingKeys, "Pass over keys the sample lacks.")
  }
}

extension Argument where Root: MetadataTransform {
  static var metaKeys: Argument {
    .optional(
      "meta_keys", \Root.metaKeys, "Where the metadata of each key is; None adds the postfix.")
  }
  static var metaKeyPostfix: Argument {
    .optional(
      "meta_key_postfix", \Root.metaKeyPostfix, "Metadata of x is stored under x_<postfix>.")
  }
}

extension MapTransform {
  public func validate() throws(Fault) { try validateKeys() }

  func validateKeys() throws(Fault) {
    if keys.values.isEmpty {
      throw Fault(.invalid, "keys is empty", wanted: "at least one key", argument: ["keys"])
    }
  }

  /// Checks that a per-key argument has one value or one for each key.
  func validatePerKey<T>(_ values: OneOrMany<T>, _ argument: String) throws(Fault) {
    _ = try values.values(for: keys.values.count, argument: argument)
  }

  /// The value of a per-key argument; `validate` has checked the count.
  func value<T>(_ values: OneOrMany<T>, at index: Int) -> T {
    switch values {
    case .one(let value): value
    case .many(let values): values[index]
    }
  }

  /// Applies `body` to each key the sample has, with its position in `keys`. Faults gain a note
  /// with the key, its shape and its file.
  func updateEachKey(
    of sample: inout Sample, _ body: (inout Sample, Int, String) throws -> Void
  ) throws {
    for (index, key) in keys.values.enumerated() {
      guard sample[key] != nil else {
        if allowMissingKeys { continue }
        throw Sample.missing(key, among: sample.keys)
      }
      do { try body(&sample, index, key) } catch let fault as Fault {
        throw fault.about(key, in: sample)
      }
    }
  }
}

extension MetadataTransform {
  public func validate() throws(Fault) {
    try validateKeys()
    try validateMetadataKeys()
  }

  func validateMetadataKeys() throws(Fault) {
    if let metaKeys, metaKeys.values.count != keys.values.count {
      throw Fault(
        .invalid, "meta_keys and keys differ in length", got: "\(metaKeys.values.count)",
        wanted: "\(keys.values.count)", argument: ["meta_keys"])
    }
  }

  func metadataKey(_ key: String, at index: Int) -> String {
    metaKeys?.values[index] ?? "\(key)_\(metaKeyPostfix)"
  }
}

extension Fault {
  /// The same fault with a note on the image it happened to, unless one is there already.
  func about(_ key: String, in sample: Sample) -> Fault {
    let start = "key \(key.quoted)"
    guard !notes.contains(where: { $0.hasPrefix(start) }) else { return self }
    var fault = self
    let shape = sample.tensor(key).map { ", shape \($0.shape)" } ?? ""
    let file = sample.fileName(key).map { ", file \($0)" } ?? ""
    fault.notes.append(start + shape + file)
    return fault
  }
}
