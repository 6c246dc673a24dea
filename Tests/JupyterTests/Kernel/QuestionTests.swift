import Components
import Foundation
import Testing

@testable import Jupyter

@Suite struct QuestionTests {
  @Test func completionsCountCodePoints() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    _ = try test.client.run("rate = 1")
    // One scalar beyond the basic plane, one of two: neither bytes nor UTF-16 units would do.
    let code = "x = '😀é' + ra * 2"
    let cursor = code.unicodeScalars.count - 4
    let (reply, published) = try test.client.ask(
      "complete_request", ["code": .string(code), "cursor_pos": .int(cursor)])
    guard case .list(let matches)? = reply["matches"] else {
      Issue.record("no matches")
      return
    }
    #expect(matches.contains(.string("rate")))
    #expect(reply["cursor_start"] == .int(cursor - 2))
    #expect(reply["cursor_end"] == .int(cursor))
    #expect(published.map(\.type) == ["status", "status"])
    guard case .dict(let metadata)? = reply["metadata"],
      case .list(let types)? = metadata["_jupyter_types_experimental"]
    else {
      Issue.record("no types")
      return
    }
    #expect(types.count == matches.count)
  }

  @Test(arguments: [
    ("1 + 1", "complete", ""), ("x = (1,", "incomplete", ""),
    ("train(\n  epochs=2,", "incomplete", "  "),
    ("for i in [1]:", "incomplete", "  "), ("for i in [1]:\n  i", "incomplete", "  "),
    ("for i in [1]:\n  i\n", "complete", ""), ("x = )", "invalid", ""), ("%who", "complete", ""),
    ("s = '''a", "incomplete", ""), ("", "complete", ""),
  ])
  func completenessIsThatOfThePrompt(code: String, status: String, indent: String) throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, _) = try test.client.ask("is_complete_request", ["code": .string(code)])
    #expect(reply["status"] == .string(status))
    #expect(reply.text("indent") ?? "" == indent)
  }

  @Test(arguments: [
    ("DiceLoss", 3, 0, "DiceLoss"), ("y = DiceLoss(", 13, 0, "DiceLoss"), ("train", 5, 0, "train("),
    ("value", 2, 0, "value = 41"), ("DiceLoss", 8, 1, "\"arguments\""), ("%who", 2, 0, "%who"),
  ])
  func inspectionSaysWhatANameMeans(
    code: String, cursor: Int, detail: Int, expected: String
  ) throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    _ = try test.client.run("value = 41")
    let (reply, _) = try test.client.ask(
      "inspect_request",
      ["code": .string(code), "cursor_pos": .int(cursor), "detail_level": .int(detail)])
    #expect(reply["found"] == .bool(true))
    #expect(reply.data()?.contains(expected) == true)
  }

  @Test func nothingIsFoundWhereNoNameIs() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    for code in ["", "12 ", "no_such_name"] {
      let (reply, _) = try test.client.ask(
        "inspect_request",
        ["code": .string(code), "cursor_pos": .int(code.count), "detail_level": .int(0)])
      #expect(reply["status"] == .string("ok"))
      #expect(reply["found"] == .bool(false))
    }
  }

  @Test func theHistoryOutlivesTheKernel() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/history"
    func entries(_ test: KernelUnderTest, _ content: ValueDictionary) throws -> Value? {
      try test.client.ask("history_request", content).reply["history"]
    }
    let first = try KernelUnderTest(historyPath: path)
    for code in ["a = 1", "a + 1", "a = 1\n# twice"] { _ = try first.client.run(code) }
    #expect(first.end())
    let second = try KernelUnderTest(historyPath: path)
    defer { second.end() }
    _ = try second.client.run("b = 2")
    #expect(
      try entries(second, ["hist_access_type": .string("tail"), "n": .int(2)])
        == .list([
          .list([.int(1), .int(3), .string("a = 1\n# twice")]),
          .list([.int(2), .int(1), .string("b = 2")]),
        ]))
    #expect(
      try entries(
        second,
        [
          "hist_access_type": .string("range"), "session": .int(-1), "start": .int(2),
          "stop": .int(3), "output": .bool(true),
        ])
        == .list([.list([.int(1), .int(2), .list([.string("a + 1"), .none])])]))
    #expect(
      try entries(
        second,
        ["hist_access_type": .string("search"), "pattern": .string("a = *"), "n": .int(5)])
        == .list([
          .list([.int(1), .int(1), .string("a = 1")]),
          .list([.int(1), .int(3), .string("a = 1\n# twice")]),
        ]))
  }
}
