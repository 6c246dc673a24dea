import Components
import Testing

@testable import Engine

@Suite struct TransformCatalogTests {
  static let families: [[any Component.Type]] = [
    transformTypes, datasetTypes, dataLoaderTypes, infererTypes, metricTypes,
  ]

  @Test(arguments: families.indices) func namesAreSortedAndExplained(family: Int) {
    let declarations = Self.families[family].map { $0.declaration }
    #expect(declarations.map(\.name) == declarations.map(\.name).sorted())
    for declaration in declarations {
      #expect(!declaration.help.isEmpty)
      #expect(declaration.arguments.allSatisfy { !$0.help.isEmpty }, "\(declaration.name)")
      #expect(
        Set(declaration.arguments.map(\.name)).count == declaration.arguments.count,
        "\(declaration.name)")
    }
  }

  @Test func otherSpellingsFindTheSame() {
    let catalog = Catalog(transformTypes)
    #expect(catalog["LoadImageD"] == LoadImaged.self)
    #expect(catalog["LoadImageDict"] == LoadImaged.self)
    #expect(catalog["monai.transforms.SaveImaged"] == SaveImaged.self)
  }

  @Test func perKeyArgumentsMustFit() {
    let fault = #expect(throws: Fault.self) {
      try Spacingd.make([
        "keys": .list([.string("image"), .string("label")]), "pixdim": .list([.int(1)]),
        "mode": .list([.string("bilinear"), .string("nearest"), .string("nearest")]),
      ])
    }
    #expect(fault?.message == "mode has 3 values for 2 keys")
    #expect(fault?.argument == ["mode"])
  }

  @Test func unknownArgumentsSuggestTheRightOne() {
    let fault = #expect(throws: Fault.self) {
      try RandFlipd.make(["keys": .string("image"), "probability": .double(0.5)])
    }
    #expect(fault?.kind == .unknownArgument)
    let close = #expect(throws: Fault.self) {
      try RandFlipd.make(["keys": .string("image"), "spatial_axes": .int(0)])
    }
    #expect(close?.suggestion == "spatial_axis")
  }

  @Test func keysMayNotBeEmpty() {
    let fault = #expect(throws: Fault.self) { try ToTensord.make(["keys": .list([])]) }
    #expect(fault?.message == "keys is empty")
  }
}
