import Components
import Engine
import Script

extension EtudeSession {
  var synthesizeAction: Builtin {
    Builtin(
      "synthesize", "Makes a small spleen-like CT data set; the same call twice makes nothing new.",
      effect: .action, BuiltinParameter<PathArgument>("dir"), BuiltinParameter("n", default: 4),
      BuiltinParameter<[Int]>("shape", default: [96, 96, 96]), BuiltinParameter("val", default: 1),
      BuiltinParameter("seed", default: 0)
    ) { [self] _, folder, count, shape, validation, seed in
      try synthesize(
        SynthesizeOptions(
          directory: folder.path, count: count, shape: shape, validationCount: validation,
          seed: seed))
      return .string(folder.path)
    }
  }

  var datalistAction: Builtin {
    Builtin(
      "datalist", "The cases of a data list, or of a folder with imagesTr and labelsTr.",
      BuiltinParameter<PathArgument>("path"), BuiltinParameter("key", default: "training")
    ) { _, path, key in
      .list(try DataList.read(path.path, section: key).items.map(Value.dict))
    }
  }

  var undoAction: Builtin {
    Builtin(
      "undo", "Takes the last line back that changed a binding, and what it caused.",
      effect: .action
    ) { [self] _ in
      try undo()
      return .none
    }
  }
}
