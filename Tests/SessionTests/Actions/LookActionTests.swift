import Components
import Engine
import Foundation
import Plotting
import Testing

@testable import Session

/// `step`, `summary`, `first`, `show`, `plot`, `display`: what is looked at, and that nothing changes.
@Suite struct LookActionTests {
  @Test func stepShowsARowForEachTransform() throws {
    let dialogue = try Dialogue()
    let screen = try dialogue.type("step(@train.pre_transforms)")
    try screen.measured(root: dialogue.mmar.root).expect("actions/step")
    // Looked at by name, from the validation's own data.
    let other = try dialogue.type("step(@validate.pre_transforms, case=\"spleen_02\")")
    #expect(other.contains("CropForegroundd") && !other.contains("RandCrop"))
    #expect(throws: Fault.self) { try dialogue.type("step(@pre_transforms, case=7)") }
    let nearest = try #require(throws: Fault.self) {
      try dialogue.type("step(@pre_transforms, case=\"spleen_2\")")
    }
    #expect(nearest.argument == ["case"])
  }

  @Test func stepDrawsTheSliceAfterEachTransform() throws {
    let dialogue = try Dialogue()
    let screen = try dialogue.type("step(@train.pre_transforms, draw=True)")
    #expect(screen.contains("1 EnsureChannelFirstd, 1×32×32×32"))
    #expect(screen.contains("5 RandShiftIntensityd, 1×16×16×16"))
    guard ProcessInfo.processInfo.environment["PATH"]?.isEmpty == false else { return }
    let file = dialogue.mmar.root + "/steps.png"
    try dialogue.type("step(@train.pre_transforms, file=\"\(file)\")")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(bytes.count > 1000 && bytes.prefix(4) == Data([0x89, 0x50, 0x4e, 0x47]))
  }

  @Test func aFailingTransformIsNamedWithItsPlace() throws {
    let dialogue = try Dialogue("train.pre_transforms[4].spatial_size=[16,16,64]")
    let fault = try #require(throws: Fault.self) {
      try dialogue.type("step(@train.pre_transforms)")
    }
    #expect(fault.notes.contains { $0.contains("RandCropByPosNegLabeld, transform 5 of 7") })
  }

  /// A look at one case reads one case.
  @Test func lookingFillsNoCache() throws {
    let dialogue = try Dialogue()
    try dialogue.type("step(@train.pre_transforms)\nsummary()")
    #expect(try dialogue.session.runContext().cache.byteCount == 0)
  }

  @Test func summaryTellsShapesWorkAndMemory() throws {
    let dialogue = try Dialogue()
    let lines = try dialogue.type("summary(input_size=[2, 1, 96, 96, 96])").split(separator: "\n")
    try lines.dropLast().joined(separator: "\n").expect("actions/summary")
    // How wide a block of channels is depends on the processor.
    #expect(lines.last?.hasPrefix("training takes about ") == true)
    #expect(lines.last?.contains(" MiB: activations ") == true)
    // Of the patches that the pipeline makes: 2 cases of 4 crops.
    #expect(
      try dialogue.type("summary()").hasPrefix("UNet  input 8×1×16×16×16  output 8×2×16×16×16"))
    #expect(try dialogue.type("summary(@model)").hasPrefix("UNet  input 8×1×16×16×16"))
    let fault = try #require(throws: Fault.self) {
      try dialogue.type("summary(input_size=[1, 1, 15, 16, 16])")
    }
    #expect(fault.message.contains("15 not divisible by 2; pad to 16"))
  }

  @Test func summaryWithoutDataNeedsASize() throws {
    let dialogue = try Dialogue(loads: false)
    #expect(throws: Fault.self) { try dialogue.type("summary()") }
    try dialogue.type(
      "model = UNet(spatial_dims=2, in_channels=1, out_channels=2, channels=[4, 8], strides=[2])")
    let fault = try #require(throws: Fault.self) { try dialogue.type("summary()") }
    #expect(
      fault.kind == .missingArgument && fault.remedy?.hasPrefix("summary(input_size=") == true)
    #expect(
      try dialogue.type("summary(input_size=[1, 1, 16, 16])")
        .hasPrefix("UNet  input 1×1×16×16  output 1×2×16×16"))
  }

  @Test func firstIsABatchOfALoader() throws {
    let dialogue = try Dialogue()
    #expect(try dialogue.type("first(@train.dataloader)[\"image\"].shape") == "(8, 1, 16, 16, 16)")
    #expect(try dialogue.type("first(@validate.dataset)[\"image\"].shape").hasPrefix("(1, "))
    #expect(try dialogue.type("first([3, 4])") == "3")
    #expect(throws: Fault.self) { try dialogue.type("first([])") }
    #expect(throws: Fault.self) { try dialogue.type("first(3)") }
  }

  /// The same training, looked at or not.
  @Test func looksChangeNoRun() throws {
    let mmar = try SmallMMAR()
    func losses(_ looks: String) throws -> [Double] {
      let dialogue = try Dialogue("epochs=2", sharing: mmar)
      try dialogue.type(looks)
      try dialogue.type("a = train(1)")
      try dialogue.type(looks)
      try dialogue.type("b = train(1)")
      return try dialogue.numbers("a.train_loss.y") + dialogue.numbers("b.train_loss.y")
    }
    let looks =
      "first(@train.dataloader); step(@train.pre_transforms); summary(); show(@dataset[0])"
    #expect(try losses(looks) == losses(""))
  }

  @Test func aSeriesReadsAsItsValues() throws {
    let dialogue = try Dialogue("epochs=3")
    try dialogue.type("r = train()")
    #expect(try dialogue.numbers("r.train_loss.x") == [1, 2, 3])
    #expect(try dialogue.value("r.train_loss[-1] == r.train_loss.y[2]") == .bool(true))
    #expect(try dialogue.value("min(r.train_loss) == r.train_loss.min()") == .bool(true))
    #expect(try dialogue.numbers("len(r.train_loss)") == [3])
    #expect(try dialogue.numbers("len(r.train_loss[1:])") == [2])
    #expect(try dialogue.numbers("len(list(r.train_loss))") == [3])
    #expect(throws: Fault.self) { try dialogue.value("r.train_loss[3]") }
    try dialogue.type("r.train_loss").measured(root: "/nowhere").expect("actions/series")
    let fault = try #require(throws: Fault.self) { try dialogue.type("r.val_meandice") }
    #expect(fault.suggestion == "val_mean_dice")
  }

  @Test func runsAreDrawnTogether() throws {
    let dialogue = try Dialogue("epochs=4")
    try dialogue.type("a = train(1)\nb = train(1)")
    let log = dialogue.session.runs
    let (a, b) = (log.entries[0].run, log.entries[1].run)
    let both = try RunChart(
      PlotRequest(what: [.list([.object(a), .object(b)])], names: ["val_mean_dice"]), log
    ).chart
    #expect(both.panels.count == 1 && both.panels[0].title == "val_mean_dice")
    #expect(both.panels[0].curves.map(\.name) == ["run 1", "run 2"])
    let named = try RunChart(
      PlotRequest(what: [.dict(["first": .object(a)]), .object(b)], names: ["train_loss"]), log
    ).chart
    #expect(named.panels[0].curves.map(\.name) == ["first", "run 2"])
    let labelled = try RunChart(
      PlotRequest(what: [.object(a), .object(b)], names: ["train_loss"], labels: ["x", "y"]), log)
    #expect(labelled.chart.panels[0].curves.map(\.name) == ["x", "y"])
    #expect(try RunChart(PlotRequest(), log).chart.panels.map(\.curves.count) == [1, 1, 1, 1])
    #expect(throws: Fault.self) { try RunChart(PlotRequest(names: ["trainloss"]), log) }
    #expect(throws: Fault.self) {
      try RunChart(PlotRequest(what: [.object(a)], labels: ["x", "y"]), log)
    }
    #expect(throws: Fault.self) { try dialogue.type("plot(a, colour=1)") }
  }

  @Test func displayShowsAsAnExpressionDoes() throws {
    let dialogue = try Dialogue(loads: false)
    #expect(try dialogue.type("display([1, 2])") == "[1, 2]")
    #expect(try dialogue.type("display(None)") == "")
  }

  @Test func showTakesWhatThereIs() throws {
    let dialogue = try Dialogue()
    let file = dialogue.mmar.root + "/data/imagesTr/spleen_00.nii.gz"
    let label = dialogue.mmar.root + "/data/labelsTr/spleen_00.nii.gz"
    // The slice with most of the label, whatever the form.
    let withLabel = try dialogue.type("show(\"\(file)\", overlay=\"\(label)\")")
    let slice = withLabel.prefix { $0 != "\n" }
    #expect(slice.contains("slice ") && withLabel.contains("1"))
    #expect(
      try dialogue.type("show(\"\(file)\", overlay=\"\(label)\", axis=0)").contains("of axis 0"))
    #expect(try dialogue.type("show(@dataset[0][0])").contains("label"))
    #expect(try dialogue.type("show(@dataset[0])").contains("label"))
    #expect(try dialogue.type("show(@dataset[0][0][\"image\"])").contains("slice 8 of axis 2"))
    #expect(try dialogue.type("show(first(@train.dataloader))").contains("label"))
    #expect(
      try dialogue.type("show(\"\(file)\", slice=-1, window=[-160, 240])").contains("slice 31"))
    for mistake in [
      "slice=40", "axis=3", "window=[5]", "window=[5, 1]", "overlay=3", "file=\"a.gif\"",
    ] {
      #expect(throws: Fault.self, "\(mistake)") {
        try dialogue.type("show(\"\(file)\", \(mistake))")
      }
    }
    #expect(throws: Fault.self) { try dialogue.type("show(3)") }
    #expect(throws: Fault.self) { try dialogue.type("show(\"/nowhere.nii.gz\")") }
  }
}

extension Panel {
  var curves: [Series] { if case .curves(let series, _) = content { series } else { [] } }
}
