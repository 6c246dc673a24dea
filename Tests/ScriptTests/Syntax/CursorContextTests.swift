import Testing

@testable import Script

/// `|` marks the cursor.
@Suite struct CursorContextTests {
  private func context(_ marked: String) -> CursorContext {
    let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
    return CursorContext(String(parts[0] + parts[1]), cursor: parts[0].utf8.count)
  }

  @Test(arguments: [
    ("UN|", CursorContext.Subject.word("UN"), 0), ("1 + le|", .word("le"), 4), ("|", .word(""), 0),
    ("@opt|", .reference("opt"), 1), ("f(@|", .reference(""), 3),
    ("x = <lear|", .variable("lear"), 5), ("a <b|", .word("b"), 3), ("<|", .variable(""), 1),
    ("train.opt|", .member(of: .init(.name("train")), "opt"), 6),
    ("@model.pa|", .member(of: .init(.reference("model")), "pa"), 7),
    ("\"a\".up|", .member(of: .init(.literal("string")), "up"), 4), ("12|", .nothing, 2),
    ("x # com|", .nothing, 7), ("mode=\"bil|", .string("bil", quote: "\""), 6),
    ("'''a\nb|", .string("a\nb", quote: "'''"), 3), ("f(x).y|", .nothing, 6),
  ])
  func subject(marked: String, subject: CursorContext.Subject, start: Int) {
    let found = context(marked)
    #expect(found.subject == subject)
    #expect(found.start == start)
  }

  @Test func chainsHaveStepsOfEveryKind() {
    #expect(
      context("@train.handlers[2].sa|").subject
        == .member(
          of: .init(.reference("train"), [.name("handlers"), .index(2)]), "sa"))
    #expect(
      context("x[-1][\"ima|").subject
        == .key(of: .init(.name("x"), [.index(-1)]), "ima", quote: "\""))
    #expect(
      context("@validate.dataset[0][\"|").subject
        == .key(
          of: .init(.reference("validate"), [.name("dataset"), .index(0)]), "", quote: "\""))
  }

  @Test func aCallKnowsWhatIsWrittenOnBothSides() throws {
    let call = try #require(context("UNet(3, in_channels=1, ch|, norm=\"batch\")").call)
    #expect(call.callee.dottedName == "UNet")
    #expect(call.written == ["in_channels", "norm"])
    #expect(call.positional == 1)
    #expect(call.isArgumentStart)
    #expect(call.argument == nil)
  }

  @Test func callsReachOverLinesAndThroughLists() throws {
    let call = try #require(context("x = Spacingd(keys=[\"image\"],\n  mode=[\"bil|").call)
    #expect(call.callee.dottedName == "Spacingd")
    #expect(call.argument == "mode")
    #expect(call.depth == 1)
    let inner = try #require(context("train(f(2), Adam(lr=1, |))").call)
    #expect(inner.callee.dottedName == "Adam")
    #expect(inner.written == ["lr"])
    let dotted = try #require(context("monai.losses.DiceLoss(|").call)
    #expect(dotted.callee.dottedName == "monai.losses.DiceLoss")
  }

  @Test func anIndexOrAClosedCallIsNoCall() {
    #expect(context("UNet(1)[|").call == nil)
    #expect(context("UNet(1) + |").call == nil)
    #expect(context("(1 + |").call == nil)
  }

  @Test func theArgumentsOfAPastedComponentAreItsKeys() throws {
    let call = try #require(
      context("{\"name\": \"UNet#first\", \"args\": {\"norm\": \"batch\", \"ch|").call)
    #expect(call.callee.dottedName == "UNet")
    #expect(call.isJSON)
    #expect(call.written == ["norm"])
    #expect(call.argument == nil)
    let value = try #require(
      context("{\"name\": \"Spacingd\", \"args\": {\"mode\": \"bil|").call)
    #expect(value.argument == "mode")
  }

  @Test(arguments: [
    ("train.optimizer = Adam(|", Section.train), ("validate.inferer = S(|", .validate),
    ("evaluator = S(|", .validate), ("loss = D(|", .train), ("validate:\n  x = |", .validate),
    ("train.loss\nx = |", nil), ("x = |", nil),
  ])
  func section(marked: String, section: Section?) {
    #expect(context(marked).section == section)
  }

  @Test func aMistakeAboveHidesNothing() throws {
    let call = try #require(context("x = $\nUNet(ch|").call)
    #expect(call.callee.dottedName == "UNet")
  }
}
