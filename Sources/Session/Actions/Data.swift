import Components
import Engine
import Script

/// `synthesize` and `datalist`: where cases come from.
extension EtudeSession {
  var synthesizeAction: Builtin {
    Builtin(
      "synthesize", "Makes a small spleen-like CT data set; the same call twice makes nothing new.",
      effect: .action, BuiltinParameter<PathArgument>("dir"), BuiltinParameter("n", default: 4),
      BuiltinParameter<[Int]>("shape", default: [96, 96, 96], shown: "(96, 96, 96)"),
      BuiltinParameter("val", default: 1), BuiltinParameter("labels", default: 1),
      BuiltinParameter("seed", default: 0)
    ) { [self] _, folder, count, shape, validation, labels, seed in
      try synthesize(
        SynthesizeOptions(
          directory: folder.path, count: count, shape: shape, validationCount: validation,
          labels: labels, seed: seed))
      return .string(folder.path)
    }
  }

  var datalistAction: Builtin {
    Builtin(
      "datalist", "The cases of a data list, or of a folder with imagesTr and labelsTr.",
      BuiltinParameter<PathArgument>("path"), BuiltinParameter("key", default: "training"),
      BuiltinParameter("val_fraction", default: 0.0, shown: "0"),
      BuiltinParameter<Int?>("fold", default: nil), BuiltinParameter("seed", default: 0)
    ) { _, path, key, fraction, fold, seed in
      .list(try Self.cases(path.path, key, fraction, fold, seed).map(Value.dict))
    }
  }

  /// With a share or a fold, the training cases of the list are divided, and `key` says which part is
  /// wanted.
  private static func cases(
    _ path: String, _ key: String, _ fraction: Double, _ fold: Int?, _ seed: Int
  ) throws -> [ValueDictionary] {
    guard fraction != 0 || fold != nil else { return try DataList.read(path, section: key).items }
    guard ["training", "validation"].contains(key) else {
      throw Fault(
        .invalid, "only training cases are divided", got: key.quoted,
        wanted: "'training' or 'validation'",
        suggestion: Spelling.nearest(to: key, among: ["training", "validation"]), argument: ["key"])
    }
    return try DataListSplit.part(
      of: try DataList.read(path), isValidation: key == "validation", fraction: fraction,
      fold: fold, seed: try Self.seed(seed))
  }

  /// Seeds of all streams are numbers of 32 bits.
  static func seed(_ number: Int) throws(Fault) -> UInt32 {
    guard let seed = UInt32(exactly: number) else {
      throw Fault(
        .outOfRange, "the seed is out of range", got: "\(number)", wanted: "0 to \(UInt32.max)",
        argument: ["seed"])
    }
    return seed
  }
}
