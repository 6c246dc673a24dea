import Components
import TestSupport
import Testing

@testable import Session

@Suite struct OnlookerTests {
  private let test: SessionUnderTest

  init() throws { test = try SessionUnderTest(running: "threshold = 3\ncase_names = ['a', 'b']") }

  @Test(arguments: [
    ("%who", true), ("?threshold\n%who int", true), ("threshold?", true), ("%pwd", true),
    ("%who\nthreshold", false), ("threshold", false), ("%time 1", false), ("%reset", false),
    ("%nonsense", false), ("%%time\n1", false), ("", false),
  ])
  func itIsKnownWhatOnlyLooks(cell: String, onlyLooks: Bool) {
    #expect(test.session.onlyLooks(cell) == onlyLooks)
  }

  @Test func answersGoToWhoAsked() throws {
    let sink = RecordingSink()
    try test.session.onlooker(output: sink).look("%who int\n?threshold", name: "cell 1")
    #expect(sink.texts.first?.contains("threshold") == true)
    #expect(sink.texts.first?.contains("case_names") == false)
    #expect(sink.texts.last?.contains("threshold = 3") == true)
    #expect(test.screen.take().isEmpty)
  }

  @Test func aMistakeOfACellThatLooksHasItsPlace() throws {
    let onlooker = test.session.onlooker(output: RecordingSink())
    let fault = #expect(throws: Fault.self) {
      try onlooker.look("%pwd\n%who nothing", name: "cell 4")
    }
    #expect(fault?.place?.source == "cell 4")
    #expect(fault?.place?.line == 2)
  }

  @Test(arguments: [
    ("threshold", "threshold = 3"), ("x = DiceLoss(sig", "DiceLoss"), ("len(", "len("),
  ])
  func inspectionFindsTheNameOrTheCall(text: String, expected: String) {
    let found = test.session.inspection(text, at: text.unicodeScalars.count, isDouble: false)
    #expect(found?.text.contains(expected) == true)
  }
}
