import Components
import Testing

@testable import Jupyter

@Suite struct CellTests {
  @Test func aCellGivesTheValueOfItsLastExpression() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, published) = try test.client.run("x = 2\nx\nx + 1")
    #expect(reply.type == "execute_reply")
    #expect(reply["status"] == .string("ok"))
    #expect(reply["execution_count"] == .int(1))
    #expect(
      published.map(\.type) == ["status", "execute_input", "execute_result", "status"])
    #expect(published[2].data() == "3")
    #expect(published[2]["execution_count"] == .int(1))
    #expect(published[1].text("code") == "x = 2\nx\nx + 1")
  }

  @Test(arguments: ["x = 1", "1 + 1;", "x = 1; x;", "", "  \n"])
  func assignmentsAndSilentLinesGiveNothing(code: String) throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, published) = try test.client.run(code)
    #expect(reply["status"] == .string("ok"))
    #expect(published.map(\.type) == ["status", "execute_input", "status"])
  }

  @Test func whatAProgramAsksLeavesNoTrace() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    _ = try test.client.run("77")
    _ = test.client.execute("99", ["silent": .bool(true)])
    _ = try test.client.run("98", ["store_history": .bool(false)])
    let (_, published) = try test.client.run("_")
    #expect(published.first { $0.type == "execute_result" }?.data() == "77")
    let (_, listed) = try test.client.run("%history")
    let text = listed.compactMap { $0.data() ?? $0.text("text") }.joined()
    #expect(text.contains("77") && !text.contains("99") && !text.contains("98"), "\(text)")
  }

  @Test func aLineMayBePrintedInParts() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (_, published) = try test.client.run(
      "for i in range(3): print(i, end=' ')\nprint('end')\nprint('open', end='')")
    #expect(
      published.compactMap { $0.type == "stream" ? $0.text("text") : nil }.joined()
        == "0 1 2 end\nopen\n")
  }

  @Test func blocksNeedNoEmptyLineAtTheirEnd() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, published) = try test.client.run("for i in range(3):\n  print(i)")
    #expect(reply["status"] == .string("ok"))
    #expect(published.first { $0.type == "stream" }?.text("text") == "0\n1\n2\n")
  }

  @Test func manyLinesAreFewMessages() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (_, published) = try test.client.run("for i in range(10000):\n  print(i)")
    let streams = published.filter { $0.type == "stream" }
    #expect(streams.compactMap { $0.text("text") }.joined().split(separator: "\n").count == 10_000)
    #expect(streams.count < 100)
  }

  @Test func displayShowsInTheMiddle() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (_, published) = try test.client.run("display(1)\nprint('between')\n2")
    #expect(
      published.map(\.type)
        == ["status", "execute_input", "display_data", "stream", "execute_result", "status"])
    #expect(published[2].data() == "1")
  }

  @Test func whatWasShownIsTakenAway() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (_, published) = try test.client.run("print(1)\nclear_output()\nprint(2)")
    #expect(
      published.map(\.type)
        == ["status", "execute_input", "stream", "clear_output", "stream", "status"])
    #expect(published[3]["wait"] == .bool(false))
  }

  @Test func silentCellsLeaveNoTrace() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    _ = try test.client.run("1")
    let (reply, published) = try test.client.run(
      "y = 5\nprint(y)\ny", ["silent": .bool(true), "store_history": .bool(true)])
    #expect(reply["status"] == .string("ok"))
    #expect(reply["execution_count"] == .int(1))
    #expect(published.map(\.type) == ["status", "status"])
    let (next, _) = try test.client.run("y", ["store_history": .bool(false)])
    #expect(next["execution_count"] == .int(1))
    #expect(try test.client.run("y").reply["execution_count"] == .int(2))
  }

  @Test func expressionsOfTheClientAreAnsweredOneByOne() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, _) = try test.client.run(
      "z = 3",
      ["user_expressions": .dict(["good": .string("z * 2"), "bad": .string("nothing_here")])])
    guard case .dict(let answers)? = reply["user_expressions"],
      case .dict(let good)? = answers["good"], case .dict(let bad)? = answers["bad"],
      case .dict(let data)? = good["data"]
    else {
      Issue.record("no answers")
      return
    }
    #expect(good["status"] == .string("ok"))
    #expect(data["text/plain"] == .string("6"))
    #expect(bad["status"] == .string("error"))
    #expect(bad["ename"] == .string("UnknownName"))
  }

  @Test func mistakesNameTheirKindAndShowTheirPlace() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, published) = try test.client.run("DiceLoss(sigmod=True)")
    #expect(reply["status"] == .string("error"))
    #expect(reply["ename"] == .string("UnknownArgument"))
    #expect(reply.text("evalue")?.contains("\n") == false)
    let errors = published.filter { $0.type != "status" && $0.type != "execute_input" }
    #expect(errors.map(\.type) == ["error"])
    guard case .list(let lines)? = errors.first?["traceback"] else {
      Issue.record("no traceback")
      return
    }
    let text = lines.compactMap { Optional($0).text }.joined(separator: "\n")
    #expect(text.contains("cell 1:1:10"))
    #expect(text.contains("^^^^^^"))
    #expect(text.contains("\u{1B}["))
  }

  @Test func nothingRunsOfACellThatDoesNotParse() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, _) = try test.client.run("w = 1\nw = (2")
    #expect(reply["ename"] == .string("Syntax"))
    #expect(try test.client.run("w").reply["ename"] == .string("UnknownName"))
  }

  @Test func helpGoesToThePager() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, published) = try test.client.run("?DiceLoss")
    guard case .list(let payload)? = reply["payload"], payload.count == 1,
      case .dict(let page) = payload[0], case .dict(let data)? = page["data"]
    else {
      Issue.record("no page")
      return
    }
    #expect(page["source"] == .string("page"))
    #expect(data["text/plain"].text?.contains("DiceLoss") == true)
    #expect(published.map(\.type) == ["status", "execute_input", "status"])
  }

  @Test func aFailureGivesUpWhatWaitsAndNothingThatComesLater() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    // Long enough for the others to be there when it fails.
    let first = client.execute("for i in range(2000):\n  a = i\nnothing_here")
    let second = client.execute("b = 1")
    #expect(client.reply(to: first)?["ename"] == .string("UnknownName"))
    let given = client.reply(to: second)
    #expect(given?["status"] == .string("error"))
    #expect(given?["ename"] == .string("Aborted"))
    #expect(try client.run("c = 1\nc").reply["status"] == .string("ok"))
    #expect(try client.run("b").reply["ename"] == .string("UnknownName"))
  }

  @Test func withoutStopOnErrorWhatWaitsIsRun() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    let first = client.execute(
      "for i in range(2000):\n  a = i\nnothing_here", ["stop_on_error": .bool(false)])
    let second = client.execute("b = 1\nb")
    #expect(client.reply(to: first)?["status"] == .string("error"))
    #expect(client.reply(to: second)?["status"] == .string("ok"))
  }
}
