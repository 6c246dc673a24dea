import Components
import Testing

@testable import Engine

@Suite struct JSONFileTests {
  private func parse(_ text: String) throws -> Value {
    try JSONFile.value(of: Array(text.utf8), source: "a.json")
  }

  @Test func readsEveryKindOfValueInOrder() throws {
    let text = #"""
      {"z": 1, "a": [true, false, null, -0, 1.5e3, -2E-2, 12345678901234567890, NaN, -Infinity],
       "É": "q\"\\\/\n\u00e9\ud83d\ude00✓", "empty": {}, "none": [], "z": 2}
      """#
    guard case .dict(let root) = try parse("\u{feff}" + text) else {
      Issue.record("no object")
      return
    }
    #expect(root.keys == ["z", "a", "É", "empty", "none"])
    #expect(root["z"] == .int(2))
    let items = try #require(root["a"]?.elements)
    #expect(
      Array(items[0..<6]) == [
        .bool(true), .bool(false), .none, .int(0), .double(1500), .double(-0.02),
      ])
    #expect(items[6] == .double(12345678901234567168))
    #expect(items[8] == .double(-.infinity))
    #expect(root["É"] == .string("q\"\\/\né😀✓"))
    #expect(root["empty"] == .dict([:]) && root["none"] == .list([]))
  }

  @Test(arguments: [
    ("{\"a\": 1,\n \"b\" 2}", 2, 6, "':' after the key 'b'"), ("[1, 2", 1, 6, "',' or ']'"),
    ("{\"é\": tru}", 1, 7, "a value"), ("[1,]", 1, 4, "a value"), ("", 1, 1, "a value"),
    ("[01]", 1, 4, "a number"), ("[1.]", 1, 4, "digits after the point"),
    ("{a: 1}", 1, 2, "a key in quotes"),
    ("[1] x", 1, 5, "the end of the file"),
    ("\"a\nb\"", 1, 3, "the closing quote on the same line"),
    ("[\"\\ud800x\"]", 1, 9, "the second half of a surrogate pair"),
    ("[\"\\q\"]", 1, 4, "an escape such as \\n or \\u00e9"),
  ])
  func mistakesHaveAPlace(text: String, line: Int, column: Int, wanted: String) throws {
    let fault = try #require(throws: Fault.self) { try parse(text) }
    #expect(fault.message == "'a.json' is not JSON here")
    #expect(fault.wanted == wanted)
    #expect(fault.place?.line == line && fault.place?.column == column, "\(fault.place as Any)")
  }

  @Test func deepNestingAndOtherEncodingsAreRefused() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(try #require(throws: Fault.self) { try parse(deep) }.kind == .limit)
    #expect(throws: Fault.self) { try JSONFile.value(of: [0x22, 0xff, 0x22], source: "a") }
  }

  @Test func writesAsPython() throws {
    let value: Value = .dict([
      "name": .string("Étude \"x\"\n/\u{1}"), "list": .list([.int(1), .double(2), .double(1e-7)]),
      "empty": .list([]), "none": .none, "inner": .dict(["yes": .bool(true)]),
    ])
    let text = try JSONFile.text(of: value)
    #expect(
      text == """
        {
         "name": "Étude \\"x\\"\\n/\\u0001",
         "list": [
          1,
          2.0,
          1e-07
         ],
         "empty": [],
         "none": null,
         "inner": {
          "yes": true
         }
        }

        """)
    #expect(try parse(text) == value)
  }

  @Test func damagedTextNeverTraps() throws {
    let good = Array(#"{"training": [{"image": "a\u00e9", "n": -1.5e3}, true, null]}"#.utf8)
    for index in good.indices {
      for bit in 0..<8 {
        var bytes = good
        bytes[index] ^= 1 << bit
        do { _ = try JSONFile.value(of: bytes, source: "a") } catch is Fault {}
        do { _ = try JSONFile.value(of: Array(bytes[..<index]), source: "a") } catch is Fault {}
      }
    }
  }

  @Test(arguments: [
    (0.0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (100, "100.0"), (0.1, "0.1"), (1e-4, "0.0001"),
    (1e-5, "1e-05"), (1.5e-7, "1.5e-07"), (123456789012345680, "1.2345678901234568e+17"),
    (1e16, "1e+16"), (9999999999999998, "9999999999999998.0"),
    (0.5143107771873474, "0.5143107771873474"),
    (1e22, "1e+22"), (1e300, "1e+300"), (.leastNonzeroMagnitude, "5e-324"), (-2.5, "-2.5"),
    (.infinity, "inf"),
    (-.infinity, "-inf"), (.nan, "nan"), (1.7976931348623157e308, "1.7976931348623157e+308"),
    (36028797018963968, "3.602879701896397e+16"), (18014398509481984, "1.8014398509481984e+16"),
  ])
  func floatsPrintAsInPython(number: Double, text: String) {
    #expect(PythonNumber.text(of: number) == text)
  }

  @Test func singlePrecisionPrintsAsInNumpy() {
    #expect(PythonNumber.text(of: Float(0.4923077)) == "0.4923077")
    #expect(PythonNumber.text(of: Float(16777216)) == "16777216.0")
    #expect(PythonNumber.text(of: Float(1e-5)) == "1e-05")
    #expect(PythonNumber.text(of: Float(1e10)) == "10000000000.0")
    #expect(PythonNumber.text(of: Float.nan) == "nan")
    #expect(PythonNumber.text(of: 2.00005, decimals: 4) == "2.0000")
    #expect(PythonNumber.text(of: 3, decimals: 4) == "3.0000")
    #expect(PythonNumber.text(of: -1e300, decimals: 1).count == 304)
    #expect(PythonNumber.text(of: .nan, decimals: 4) == "nan")
  }
}
