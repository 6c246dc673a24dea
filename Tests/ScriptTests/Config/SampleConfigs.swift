import Components
import Script
import Testing

/// Stand-ins for the catalogue: the classes of the sample configs with the arguments the tests
/// need.
let sampleCatalog = Catalog([
  SampleNetwork.self, SampleOptimizer.self, SampleLoader.self, SampleCrop.self, SampleDataset.self,
])

private struct SampleNetwork: Component {
  var channels: [Int] = []
  static let kind = ComponentKind.network
  static let schema = Schema<Self>(
    "UNet", "A network.", .optional("channels", \.channels, "Channels of each level."))
}

private struct SampleOptimizer: Component {
  var params = Value.none
  var lr = 1e-3
  static let kind = ComponentKind.optimizer
  static let schema = Schema<Self>(
    "Adam", "An optimizer.", .optional("params", \.params, "What to optimise."),
    .optional("lr", \.lr, "Step size."))
}

private struct SampleLoader: Component {
  var keys: [String] = []
  static let kind = ComponentKind.transform
  static let schema = Schema<Self>(
    "LoadImaged", "Reads images.", .optional("keys", \.keys, "Entries to read."))
}

private struct SampleCrop: Component {
  var keys: [String] = []
  var disabled = false
  static let kind = ComponentKind.transform
  static let schema = Schema<Self>(
    "OddCropd", "Has an argument of the name of an attribute.",
    .optional("keys", \.keys, "Entries to crop."),
    .optional("disabled", \.disabled, "An argument, unusually."))
}

private struct SampleDataset: Component {
  var key = ""
  var shuffled = false
  static let kind = ComponentKind.dataset
  static let schema = Schema<Self>(
    "Dataset", "Samples.", .optional("shuffled", \.shuffled, "Order."),
    .attribute("fold_key", \.key, "An attribute of this class alone."))
}

/// Reads a config given as text.
func load(
  _ text: String, environment: String? = nil, root: String? = nil, sets: [String] = [],
  sources: SourceStore = SourceStore()
) -> LoadedConfig {
  let config = sources.add(name: "config_train.json", text: text)
  let environment = environment.map { sources.add(name: "environment.json", text: $0) }
  return ConfigLoader(sources: sources, catalog: sampleCatalog)
    .load(config, environment: environment, root: root, sets: sets)
}

/// A training config with `elements` in its train section.
func train(_ elements: String, validate: String = "", globals: String = "") -> String {
  let validate = validate.isEmpty ? "" : ", \"validate\": {\(validate)}"
  let globals = globals.isEmpty ? "" : globals + ", "
  return "{\(globals)\"train\": {\(elements)}\(validate)}"
}

extension LoadedConfig {
  /// Messages of the findings of one severity.
  func messages(_ severity: Finding.Severity) -> [String] {
    findings.filter { $0.severity == severity }.map(\.fault.message)
  }
}

extension Bindings {
  /// The value at a path, for what is made of literals and variables.
  func value(at path: String, from section: Section = .top) throws -> Value {
    let path = try Path(dotted: path)
    let home = try target(of: path, from: section).node.section
    return try value(of: expression(at: path, from: section), from: home)
  }

  /// What a node is, in the words of the language.
  func text(of node: Node) throws -> String {
    Printer(names: ComponentNames(sampleCatalog)).text(try definition(of: node).expression)
  }
}

/// The fault that `body` throws.
func fault(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws -> Fault {
  do { try body() } catch let fault as Fault { return fault }
  try #require(Bool(false), "nothing was thrown", sourceLocation: sourceLocation)
  return Fault(.invalid, "")
}
