import Components
import Testing

@testable import Engine

@Suite struct FromEngineTests {
  static let context = CallContext(
    output: ToySink(), cancellation: Cancellation(), budget: StepBudget())

  static func call(_ arguments: Arguments, on data: Value) throws -> Value {
    guard case .function(let extractor) = try FromEngine.function.call(arguments, context) else {
      throw Fault(.invalid, "no function")
    }
    return try extractor.call(Arguments([data]), context)
  }

  static let items: Value = .list([
    .dict(["pred": .int(1), "label": .int(2)]), .dict(["pred": .int(3), "label": .int(4)]),
  ])

  @Test func severalKeysGiveLists() throws {
    let keys: Value = .list([.string("pred"), .string("label")])
    #expect(
      try Self.call(Arguments([keys]), on: Self.items)
        == .tuple([.list([.int(1), .int(3)]), .list([.int(2), .int(4)])]))
  }

  @Test func firstTakesTheFirstItems() throws {
    let keys: Value = .list([.string("pred")])
    #expect(
      try Self.call(Arguments([keys], named: ["first": .bool(true)]), on: Self.items) == .int(1))
    #expect(
      try Self.call(Arguments([.string("label")]), on: Self.items) == .list([.int(2), .int(4)]))
  }

  @Test func aDictGivesATuple() throws {
    let data: Value = .dict(["a": .int(1)])
    #expect(try Self.call(Arguments([.string("a")]), on: data) == .tuple([.int(1)]))
  }

  @Test func mistakesAreNamed() throws {
    let unknown = #expect(throws: Fault.self) {
      _ = try Self.call(Arguments([.string("pred")], named: ["frist": .bool(true)]), on: .none)
    }
    #expect(unknown?.suggestion == "first")
    let missing = #expect(throws: Fault.self) {
      _ = try Self.call(Arguments([.string("lable")]), on: Self.items)
    }
    #expect(missing?.suggestion == "label")
  }
}
