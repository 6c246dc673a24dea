import Components
import Testing

@testable import Session

@Suite struct ValueScreenTests {
  private func lines(_ value: Value) -> [String] {
    ValueScreen(value: value).text.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  @Test func smallValuesAreAsTheyWouldBeTyped() {
    #expect(lines(.list([.int(1), .string("a")])) == ["[1, 'a']"])
    #expect(lines(.dict(["a": .list([])])) == ["{'a': []}"])
    #expect(lines(.list([])) == ["[]"])
    #expect(lines(.tuple([.int(1)])) == ["(1,)"])
  }

  @Test func aLongListFitsTheScreenAndSaysWhatIsMissing() {
    let shown = lines(.list((0..<100_000).map { .int($0) }))
    #expect(shown.count == 21)
    #expect(shown.allSatisfy { $0.count <= 100 })
    #expect(shown[0].hasPrefix("[0, 1, 2, "))
    let count = shown.dropLast().joined().split(separator: ",").count
    #expect(shown.last == " … \(100_000 - count) more]")
  }

  @Test func listsThatFitAreShownWhole() {
    let shown = lines(.list((0..<60).map { .int($0) }))
    #expect(shown.count == 3)
    #expect(shown.last?.hasSuffix(" 59]") == true)
    #expect(shown.joined().split(separator: ",").count == 60)
  }

  @Test func elementsWithPartsStandOnLinesOfTheirOwn() {
    let row = Value.dict(["image": .string(String(repeating: "x", count: 300)), "label": .int(1)])
    let shown = lines(.list(Array(repeating: row, count: 50)))
    #expect(shown.count == 21)
    #expect(shown.allSatisfy { $0.count <= 100 })
    #expect(shown.last == " … 30 more]")
    let dict = lines(.dict(["a": row, "b": row]))
    #expect(dict.count == 2 && dict[0].hasPrefix("{'a': {") && dict[1].hasSuffix("}"))
  }

  @Test func aLongTextIsCut() {
    let shown = lines(.string(String(repeating: "x", count: 10_000)))
    #expect(shown.count == 1 && shown[0].hasSuffix("'  … 8400 more characters"))
  }
}
