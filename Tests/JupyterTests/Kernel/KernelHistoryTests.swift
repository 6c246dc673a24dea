import Foundation
import Testing

@testable import Jupyter

@Suite struct KernelHistoryTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("etude-\(UUID().uuidString)").path
  private var path: String { folder + "/history" }

  @Test(arguments: [
    ("1?2*", "1+2", true), ("1?2*", "1 + 2", false), ("*", "", true), ("a*b*c", "aXbYbZc", true),
    ("a*b*c", "aXbYbZ", false), ("?", "é", true), ("a", "ab", false), ("*loss*", "DiceLoss", false),
  ])
  func patternsAreThoseOfShells(pattern: String, text: String, isMatch: Bool) {
    #expect(Glob(pattern).matches(text) == isMatch)
  }

  @Test(arguments: [true, false])
  func sessionsHaveNumbersAndLines(isKept: Bool) {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let history = KernelHistory(path: isKept ? path : nil)
    let (first, second) = (history.begin(), history.begin())
    #expect((first, second) == (1, 2))
    history.append(.init(session: first, line: 1, input: "x = 1"))
    history.append(.init(session: second, line: 1, input: "tab\there\r\nand \\012"))
    history.append(.init(session: first, line: 2, input: "x = 1"))
    #expect(history.tail(2).map(\.input) == ["tab\there\r\nand \\012", "x = 1"])
    #expect(history.search("x*", count: nil, isUnique: false).map(\.line) == [1, 2])
    #expect(history.search("x*", count: nil, isUnique: true).map(\.line) == [2])
    #expect(history.search("*", count: 1, isUnique: false).map(\.session) == [1])
    #expect(history.range(session: 1, from: 1, to: 2, present: 2).map(\.line) == [1])
    #expect(history.range(session: 0, from: 1, to: nil, present: 2).map(\.session) == [2])
    #expect(history.range(session: -1, from: 1, to: nil, present: 2).map(\.line) == [1, 2])
    #expect(history.range(session: -1, from: 1, to: nil, present: nil).map(\.session) == [2])
  }

  /// As two kernels do that start at once.
  @Test func twoSessionsNeverHaveOneNumber() async {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = path
    let numbers = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<20 { group.addTask { KernelHistory(path: path).begin() } }
      return await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(numbers == Set(1...20))
  }

  @Test func theFileKeepsTheNewest() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let history = KernelHistory(path: path)
    for line in 1...(3 * KernelHistory.limit) {
      history.append(.init(session: 1, line: line, input: "x"))
    }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.split(separator: "\n").count <= 2 * KernelHistory.limit)
    #expect(history.tail(1).first?.line == 3 * KernelHistory.limit)
  }
}
