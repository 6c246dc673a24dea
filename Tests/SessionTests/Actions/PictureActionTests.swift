import Components
import Engine
import Foundation
import Plotting
import Script
import Synchronization
import TestSupport
import Testing

@testable import Session

/// `plot` and `show` beyond curves of one run: what becomes of each kind of value, and where it goes.
@Suite struct PictureActionTests {
  static let hasGnuplot = (try? Gnuplot.find()) != nil

  private func chart(_ dialogue: Dialogue, _ request: PlotRequest) throws -> Chart {
    try RunChart(request, dialogue.session.runs).chart
  }

  private func tensor(_ values: [Float], _ shape: [Int]) -> Value {
    .tensor(Tensor(values, shape: shape))
  }

  @Test func whatIsDrawnGoesByTheValue() throws {
    let dialogue = try Dialogue(loads: false)
    let spread = try chart(dialogue, PlotRequest(what: [tensor([0, 1, 1, 2.5], [2, 2])]))
    #expect(spread.panels[0].title == "[2, 2], 4 values")
    guard case .histogram = spread.panels[0].content else {
      Issue.record("a tensor is a histogram")
      return
    }
    let course = try chart(dialogue, PlotRequest(what: [.list([.int(3), .double(2), .int(1)])]))
    #expect(course.panels[0].curves.map(\.y) == [[3, 2, 1]])
    let named = try chart(
      dialogue,
      PlotRequest(
        what: [.dict(["a": .list([.int(1), .int(2)]), "b": .list([.int(3), .int(4)])])],
        kind: .boxes))
    guard case .boxes(let groups) = named.panels[0].content else {
      Issue.record("kind= wins")
      return
    }
    #expect(groups[0].boxes == [Box("a", values: [1, 2]), Box("b", values: [3, 4])])
    let twins = try chart(
      dialogue, PlotRequest(what: [tensor([0, 1], [2]), tensor([1, 2], [2])]))
    guard case .histogram(let histogram) = twins.panels[0].content else {
      Issue.record("tensors are a histogram")
      return
    }
    #expect(histogram.samples.map(\.name) == ["1: [2]", "2: [2]"])
    #expect(throws: Fault.self) { try chart(dialogue, PlotRequest()) }
    #expect(throws: Fault.self) { try chart(dialogue, PlotRequest(what: [.bool(true)])) }
    let labels = #expect(throws: Fault.self) {
      try chart(dialogue, PlotRequest(what: [.list([.int(1)])], labels: ["a", "b"]))
    }
    #expect(labels?.argument == ["labels"])
  }

  @Test func axesAndSmoothingAreThoseAskedFor() throws {
    let dialogue = try Dialogue("epochs=2")
    try dialogue.type("r = train()")
    let log = dialogue.session.runs
    for (text, x, y) in [("True", false, true), ("'x'", true, false), ("'xy'", true, true)] {
      let choice = try Either<Bool, LogarithmicAxes.Choice>(argument: dialogue.value(text))
      let panel = try RunChart(
        PlotRequest(names: ["lr"], smoothing: 0.5, axes: LogarithmicAxes(choice)), log
      ).chart.panels[0]
      #expect((panel.x.isLogarithmic, panel.y.isLogarithmic) == (x, y))
      #expect(panel.y.label == "learning rate" && panel.x.isWhole)
    }
    #expect(throws: Fault.self) { try dialogue.type("plot(r, log=\"z\")") }
    #expect(throws: Fault.self) { try dialogue.type("plot(r, smooth=1)") }
  }

  /// What was typed is nearer to a name that begins with it than to another as many letters away.
  @Test func theNearestSeriesIsNamed() throws {
    let dialogue = try Dialogue()
    try dialogue.type("s = sweep(\"learning_rate\", [1e-3])")
    let fault = #expect(throws: Fault.self) { try dialogue.type("plot(s, y=\"train_los\")") }
    #expect(fault?.suggestion == "train_loss")
  }

  @Test func classesOfAValidation() throws {
    let dialogue = try Dialogue()
    try dialogue.type("r = train()")
    let boxes = try dialogue.type("plot(r, kind=\"boxes\")")
    #expect(boxes.contains("val_mean_dice by class, over cases") && boxes.contains("n=1)"))
    let confusion = try #require(dialogue.session.runs.entries[0].run.confusion)
    #expect(confusion.classes == ["background", "spleen"])
    let voxels = try dialogue.value("@validate.dataset[0][\"label\"].shape")
    let sizes = (voxels.elements ?? []).map { if case .int(let size) = $0 { size } else { 0 } }
    #expect(
      confusion.confusion.counts.joined().reduce(0, +) == sizes.reduce(1, *), "every voxel once")
    let matrix = try dialogue.type("plot(r, kind=\"confusion\")")
    #expect(matrix.contains("truth \\ predicted") && matrix.contains("spleen"))
    // Dice from the same counts: 2·both / (truth + predicted).
    let (counts, dice) = (
      confusion.confusion.counts, try dialogue.numbers("r.val_mean_dice[-1]")[0]
    )
    let both = Double(2 * counts[1][1])
    let all = Double(counts[1][1] * 2 + counts[0][1] + counts[1][0])
    #expect(abs(both / all - dice) < 1e-6)
    try dialogue.type("q = train(1, validate=False)")
    for kind in ["boxes", "confusion"] {
      let fault = #expect(throws: Fault.self) { try dialogue.type("plot(q, kind=\"\(kind)\")") }
      #expect(fault?.remedy?.contains("validate()") == true)
    }
    #expect(throws: Fault.self) { try dialogue.type("plot(r, y=\"dice\", kind=\"boxes\")") }
  }

  @Test func twoLabelMapsAreHeldAgainstEachOther() throws {
    let dialogue = try Dialogue()
    let label = dialogue.mmar.root + "/data/labelsTr/spleen_00.nii.gz"
    let screen = try dialogue.type("plot(\"\(label)\", \"\(label)\", kind=\"confusion\")")
    #expect(screen.contains("100.0 %") && screen.contains("class1"))
    let image = dialogue.mmar.root + "/data/imagesTr/spleen_00.nii.gz"
    let fault = #expect(throws: Fault.self) {
      try dialogue.type("plot(\"\(image)\", \"\(label)\", kind=\"confusion\")")
    }
    #expect(fault?.message == "this is no map of classes")
    #expect(throws: Fault.self) { try dialogue.type("plot(\"\(label)\", kind=\"confusion\")") }
  }

  @Test func aMosaicHasTheSlicesAskedFor() throws {
    let dialogue = try Dialogue()
    let case_ = "@validate.dataset[0]"
    let screen = try dialogue.type("show(\(case_), slices=6)")
    #expect(screen.hasPrefix("slices of axis 2\n"))
    let three = try dialogue.type("show(\(case_), slices=[3, -1, 10])").split(separator: "\n")
    #expect(three[1].split(separator: " ") == ["3", "31", "10"])
    for mistake in ["slices=0", "slices=[]", "slices=[99]", "slices=3, slice=2"] {
      let fault = #expect(throws: Fault.self) { try dialogue.type("show(\(case_), \(mistake))") }
      #expect(fault?.argument == ["slices"])
    }
    let run = #expect(throws: Fault.self) { try dialogue.type("r = train(1)\nshow(r)") }
    #expect(run?.remedy == "plot draws curves")
  }

  @Test(.enabled(if: hasGnuplot)) func readersOfPicturesGetThem() throws {
    let outputs = CellOutputs()
    let session = EtudeSession(output: outputs)
    try session.runScript("plot([3, 2, 1])\nshow(rand(4, 4, 4), theme=\"dark\")", name: "cell")
    let shown = outputs.take()
    guard shown.count == 2, case .display(let plot) = shown[0], case .display(let slice) = shown[1]
    else {
      Issue.record("\(shown)")
      return
    }
    #expect(plot.svg?.contains("<svg") == true && plot.png == nil && plot.text.contains("*"))
    #expect(slice.png?.starts(with: [0x89, 0x50, 0x4e, 0x47]) == true && slice.svg == nil)
  }

  @Test(.enabled(if: hasGnuplot), arguments: ["svg", "png", "pdf"])
  func filesAreWhole(ending: String) throws {
    let dialogue = try Dialogue(loads: false)
    let file = dialogue.mmar.root + "/picture." + ending
    try dialogue.type("plot([3, 2, 1], file=\"\(file)\", theme=\"dark\")")
    #expect(dialogue.notes.last == "drew \(file)")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    let end = String(decoding: bytes.suffix(12), as: UTF8.self)
    #expect(
      ending == "png" ? end.contains("IEND") : end.contains(ending == "svg" ? "</svg>" : "%%EOF"))
    #expect(throws: Fault.self) { try dialogue.type("plot([1], file=\"a.gif\")") }
    #expect(throws: Fault.self) { try dialogue.type("plot([1, 2], theme=\"pink\")") }
  }
}

/// `plot(live=True)`: what is drawn while a training runs.
@Suite struct LivePlotTests {
  @Test(.enabled(if: PictureActionTests.hasGnuplot)) func aTrainingIsDrawnToItsLastState() throws {
    let mmar = try SmallMMAR()
    let outputs = CellOutputs()
    let session = EtudeSession(options: SessionOptions(sets: mmar.smallSets), output: outputs)
    try session.load(mmar.root)
    try session.runScript(
      "plot(\"train_loss\", live=True)\ntrain(3)\nplot(live=False)\ntrain(1)", name: "c")
    let pictures = outputs.take().compactMap { output -> RichOutput? in
      if case .live(_, let shown) = output, shown.svg != nil { shown } else { nil }
    }
    #expect(pictures.count == 1, "one display, and none for the second training")
    // Three epochs: three points and that of the key.
    #expect(pictures.first?.svg?.components(separatedBy: "gpPt6' transform").count == 4)
  }

  @Test func asTextAPictureAnEpochAtMost() throws {
    guard PictureActionTests.hasGnuplot else { return }
    let dialogue = try Dialogue()
    try dialogue.type("plot(\"train_loss\", live=True)")
    let screen = try dialogue.type("train(2)")
    #expect(1...2 ~= screen.components(separatedBy: "train_loss\n").count - 1, "\(screen)")
  }

  /// A slow picture holds nothing up, the last state is drawn, and an earlier one may be left out.
  @Test func noIterationWaits() throws {
    let drawn = Mutex<[Int]>([])
    let isTrained = DispatchSemaphore(value: 0)
    let plot = LivePlot(.often, RecordingSink()) { history in
      // The first picture takes as long as the training.
      let isInTime = isTrained.wait(timeout: .now() + 60) == .success
      isTrained.signal()
      drawn.withLock { $0.append(isInTime ? history["loss"]?.values.count ?? 0 : -1) }
      return nil
    }
    try plot.begin()
    var history = History()
    for step in 1...2000 {
      history.record("loss", 1, at: step, .iteration)
      plot.offer(history)
    }
    isTrained.signal()
    plot.end(history)
    let counts = drawn.withLock { $0 }
    #expect(counts.last == 2000 && counts.count <= 3 && !counts.contains(-1), "\(counts)")
  }

  @Test func whatFailsIsSaidOnce() throws {
    let sink = RecordingSink()
    let plot = LivePlot(.often, sink) { _ throws(Fault) in throw Fault(.data, "gnuplot has ended") }
    for _ in 0..<2 {
      try plot.begin()
      for _ in 0..<3 {
        plot.offer(History())
        usleep(200_000)
      }
      plot.end(History())
    }
    #expect(
      sink.lines(.note) == ["the live picture ends, the training goes on: gnuplot has ended"])
  }

  @Test func onlyCurvesFollow() throws {
    let dialogue = try Dialogue(loads: false)
    for mistake in ["rand(3, 3)", "kind=\"boxes\"", "[1, 2]", "file=\"a.gif\""] {
      #expect(throws: Fault.self) { try dialogue.type("plot(\(mistake), live=True)") }
    }
  }
}
