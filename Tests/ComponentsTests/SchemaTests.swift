import Components
import Testing

/// A transform-like component that uses every kind of declaration.
private struct Blur: Component {
  var keys: OneOrMany<String> = .many([])
  var sigma = 1.0
  var mode = Mode.nearest
  var axes: [Int]?
  var label = ""

  enum Mode: String, ChoiceArgument { case nearest, bilinear }

  static var kind: ComponentKind { .transform }
  static let schema = Schema<Self>(
    "Blurd", "Blur images.", aliases: ["Blurry"],
    .required("keys", \.keys, "Entries to blur."),
    .optional("sigma", \.sigma, in: 0...10, "Width."),
    .optional("mode", \.mode, "Interpolation."),
    .optional("axes", \.axes, "Axes; none blurs all."),
    .attribute("log_label", \.label, "Name in logs."))

  func validate() throws(Fault) {
    if keys.values.isEmpty { throw Fault(.invalid, "keys is empty", argument: ["keys"]) }
  }
}

@Suite struct SchemaTests {
  private func fault(_ arguments: ValueDictionary) throws -> Fault {
    try #require(throws: Fault.self) { try Blur.make(arguments) }
  }

  @Test func setsArgumentsAndKeepsDefaults() throws {
    let blur = try Blur.make([
      "keys": .string("image"), "mode": .string("bilinear"), "sigma": .int(2),
    ])
    #expect(blur.keys.values == ["image"])
    #expect(blur.mode == .bilinear)
    #expect(blur.sigma == 2)
    #expect(blur.axes == nil)
  }

  @Test func namesTheNearestArgument() throws {
    let fault = try fault(["keys": .string("image"), "sigmaa": .int(1)])
    #expect(fault.kind == .unknownArgument)
    #expect(fault.suggestion == "sigma")
    #expect(fault.argument == ["sigmaa"])
  }

  @Test func asksForARequiredArgument() throws {
    let fault = try fault(["sigma": .int(1)])
    #expect(fault.kind == .missingArgument)
    #expect(fault.message == "Blurd needs keys")
  }

  @Test func namesTheElementOfTheWrongType() throws {
    let fault = try fault(["keys": .list([.string("image"), .int(3)])])
    #expect(fault.kind == .wrongType)
    #expect(fault.argument == ["keys", "#2"])
    #expect(fault.wanted == "string")
  }

  @Test func refusesValuesOutOfRange() throws {
    let fault = try fault(["keys": .string("image"), "sigma": .double(11)])
    #expect(fault.kind == .outOfRange)
    #expect(fault.wanted == "0.0...10.0")
  }

  @Test func refusesNumbersThatNothingCounts() throws {
    let fault = try fault([
      "keys": .string("image"), "axes": .list([.int(0), .int(1 << 31)]),
    ])
    #expect(fault.kind == .outOfRange && fault.argument == ["axes"])
    #expect(fault.got == "2147483648")
  }

  @Test func refusesNaN() throws {
    #expect(try fault(["keys": .string("image"), "sigma": .double(.nan)]).kind == .outOfRange)
  }

  @Test func suggestsTheNearestChoice() throws {
    let fault = try fault(["keys": .string("image"), "mode": .string("bilinaer")])
    #expect(fault.suggestion == "bilinear")
  }

  @Test func readingCollectsEverythingThatIsWrong() {
    let (component, faults) = Blur.read(["sigma": .double(11), "mod": .none, "axes": .int(1)])
    #expect(
      faults.map(\.kind) == [.outOfRange, .unknownArgument, .wrongType, .missingArgument])
    #expect(component.keys.values.isEmpty, "what cannot be set keeps its default")
    #expect(Blur.read([:], open: ["keys"]).faults == [])
  }

  @Test func aNumberInQuotesIsWrittenWithoutThem() throws {
    let fault = try fault(["keys": .string("image"), "sigma": .string("2.5")])
    #expect(fault.remedy == "2.5")
  }

  @Test func checksRulesAcrossArguments() throws {
    #expect(try fault(["keys": .list([])]).message == "keys is empty")
  }

  @Test func printsBackWhatWasChanged() throws {
    let arguments: ValueDictionary = ["keys": .string("image"), "axes": .list([.int(0)])]
    #expect(try Blur.make(arguments).changedArguments == arguments)
  }

  @Test func findsASpellingByAliasSuffixAndPath() {
    let catalog = Catalog([Blur.self])
    for spelling in ["Blurd", "BlurD", "BlurDict", "Blurry", "monai.transforms.Blurd"] {
      #expect(catalog[spelling] != nil, "\(spelling)")
    }
    #expect(catalog["my_package.Blurd"] == nil)
    #expect(catalog["Blur"] == nil)
  }

  @Test func namesComeBeforeTheirVariantsWhichAreAsNear() {
    let catalog = Catalog([Blur.self])
    #expect(catalog.spellings == ["Blurd", "Blurry", "BlurD", "BlurDict"])
    #expect(Spelling.nearest(to: "BlurX", among: catalog.spellings) == "Blurd")
  }
}
