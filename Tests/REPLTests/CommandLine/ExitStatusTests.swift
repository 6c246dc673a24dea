import Components
import Testing

@testable import REPL

@Suite struct ExitStatusTests {
  @Test(
    arguments: [
      (Fault.Kind.syntax, 2), (.usage, 2), (.data, 1), (.unknownName, 1), (.interrupted, 130),
    ] as [(Fault.Kind, Int32)])
  func ofAFault(kind: Fault.Kind, status: Int32) {
    #expect(ExitStatus.of(Fault(kind, "x"), signal: nil) == status)
  }

  @Test func aSignalDecides() {
    #expect(ExitStatus.of(Fault(.interrupted, "x"), signal: 15) == 143)
    #expect(ExitStatus.of(Fault(.data, "x"), signal: 2) == 130)
  }
}
