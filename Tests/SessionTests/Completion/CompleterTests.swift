import Components
import Foundation
import Testing

@testable import Session

/// Completion as a front end asks for it; `|` marks the cursor.
@Suite struct CompleterTests {
  private let session: EtudeSession

  init() throws {
    session = EtudeSession(output: Screen())
    let lines = [
      "learning_rate = 2e-4", "loss = DiceLoss(softmax=True)",
      "model = UNet(spatial_dims=3, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])",
      "optimizer = Adam(params=@model.parameters(), lr=<learning_rate>)",
      "train.pre_transforms = [LoadImaged(keys=[\"ct\", \"mask\"]) as first]",
      "validate.inferer = SimpleInferer()", "d = {\"alpha\": 1, \"beta\": {\"gamma\": 2}}",
      "def scale(x, factor=2): return x * factor",
    ]
    for line in lines { _ = try session.run(line, name: "test") }
  }

  private func found(_ marked: String) -> Completions {
    let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
    return session.completions(
      String(parts[0] + parts[1]), at: parts[0].unicodeScalars.count)
  }

  private func texts(_ marked: String) -> [String] { found(marked).items.map(\.text) }

  @Test func namesOfEveryKind() {
    #expect(texts("UNe|").contains("UNet"))
    #expect(texts("lear|") == ["learning_rate"])
    #expect(texts("syn|") == ["synthesize"])
    #expect(texts("enum|") == ["enumerate"])
    #expect(texts("dicel|") == ["DiceLoss"])
    #expect(texts("nothing_like_it|").isEmpty)
  }

  @Test func theRangeIsTheTypedPartInScalars() {
    let found = found("'größe' + lear|")
    #expect(found.range == 10..<14)
  }

  @Test func argumentsComeWithTypeAndDefault() throws {
    let items = found("UNet(spatial_dims=3, |").items
    #expect(items.first?.text == "in_channels=")
    #expect(items.first?.detail == "int, required")
    #expect(items.contains { $0.text == "num_res_units=" && $0.detail == "int = 0" })
    #expect(!items.contains { $0.text == "spatial_dims=" })
    #expect(items.allSatisfy { $0.kind == .argument })
  }

  @Test func argumentsRightOfTheCursorAreLeftOutToo() {
    #expect(!texts("UNet(|, norm=\"batch\")").contains("norm="))
    #expect(texts("UNet(\n  channels=[1],\n  st|").first == "strides=")
  }

  @Test func functionsHaveParameters() {
    #expect(texts("train(ep|").first == "epochs=")
    #expect(texts("scale(3, fa|").first == "factor=")
    #expect(texts("round(1.5, nd|").first == "ndigits=")
  }

  @Test func valuesThatAnArgumentTakes() {
    #expect(texts("Spacingd(mode=\"bil|") == ["bilinear\""])
    #expect(texts("Spacingd(mode=[\"nea|\"]").contains("nearest"))
    #expect(texts("DiceLoss(softmax=|") == ["True", "False"])
    #expect(texts("SupervisedTrainer(optimizer=|").first == "@optimizer")
    #expect(texts("SupervisedTrainer(optimizer=@|").contains("optimizer"))
    #expect(texts("StepLR(optimizer=@opt|") == ["optimizer"])
  }

  @Test func referencesOfTheOwnSectionComeFirst() {
    let train = texts("train.trainer = SupervisedTrainer(network=@|")
    #expect(train.first == "loss")
    #expect(train.contains("validate."))
    #expect(texts("@validate.|") == ["inferer"])
    #expect(!texts("@|").contains("learning_rate"))
  }

  @Test func variablesAreClosed() {
    #expect(texts("x = <lear|") == ["learning_rate>"])
    #expect(texts("x = <lear|>") == ["learning_rate"])
  }

  @Test func pathsOfSectionsReachArguments() {
    #expect(texts("train.optimizer.l|") == ["lr"])
    #expect(texts("train.optimizer.w|").contains("weight_decay"))
    #expect(texts("train.pre_transforms.fi|") == ["first"])
    #expect(texts("train.pre_transforms[0].key|") == ["keys"])
    #expect(texts("train.|").contains("optimizer"))
  }

  @Test func attributesOfObjectsBuiltAndNotYet() throws {
    #expect(texts("@model.par|") == ["parameters"])
    #expect(texts("\"a\".upp|") == ["upper"])
    _ = try session.run("@optimizer;", name: "test")
    #expect(texts("@optimizer.zer|") == ["zero_grad"])
  }

  @Test func keysOfDictsAndSamples() {
    #expect(texts("d[\"al|") == ["alpha\"]"])
    #expect(texts("d[\"beta\"][\"|\"]") == ["gamma"])
    #expect(texts("LoadImaged(keys=[\"m|") == ["mask\""])
  }

  @Test func componentsInJSON() {
    #expect(texts("{\"name\": \"UNet\", \"args\": {\"chan|") == ["channels\""])
    #expect(texts("{\"name\": \"Spacingd\", \"args\": {\"mode\": \"bil|\"").contains("bilinear"))
    #expect(
      texts("Adam(params=\"@mod|") == ["@model\""] || texts("Adam(params=\"@mod|") == ["@model"])
    #expect(texts("Adam(lr=\"{lear|").first == "{learning_rate}")
  }

  @Test func filesInStrings() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data().write(to: folder.appendingPathComponent("scan.nii"))
    #expect(texts("load(\"\(folder.path)/sc|") == ["\(folder.path)/scan.nii"])
    #expect(texts("%run \(folder.path)/sc|") == ["\(folder.path)/scan.nii"])
  }

  @Test func commandsOfThePrompt() {
    #expect(texts("%ti|") == ["%time", "%timeit"])
    #expect(texts("%%ti|") == ["%%time", "%%timeit"])
    #expect(texts("%time lear|") == ["learning_rate"])
    #expect(texts("?UNe|").contains("UNet"))
    #expect(texts("%who fl|") == ["float"])
  }

  @Test func everyMemberOfAFamilyIsAnAttributeOfItsObjects() throws {
    let built: [(ComponentKind, String)] = [
      (.network, "@model"), (.optimizer, "@optimizer"), (.scheduler, "@lr_scheduler"),
    ]
    _ = try session.run("lr_scheduler = StepLR(optimizer=@optimizer, step_size=5)", name: "test")
    for (kind, name) in built {
      _ = try session.run("\(name);", name: "test")
      let node = try #require(session.bindings.lookup(String(name.dropFirst()), from: .train)?.node)
      guard case .object(let object as any HasAttributes)? = session.workbench.built(node)?.value
      else {
        Issue.record("\(name) is not built")
        continue
      }
      #expect(object.attributeNames.sorted() == Completer.attributes(of: kind), "\(kind)")
    }
  }

  @Test func listingsFitTheirScreen() {
    let found = found("UNet(|")
    for columns in [40, 80] {
      let listing = found.listing(columns: columns, rows: 20)
      #expect(listing.split(separator: "\n").allSatisfy { $0.count <= columns })
      #expect(listing.contains("channels="))
    }
  }
}
