import Components
import Script
import Testing

@Suite struct BuiltinTests {
  @Test func namesAreSortedAndUniqueWithHelp() {
    let names = Builtins.all.map(\.name)
    #expect(names == Set(names).sorted())
    for builtin in Builtins.all {
      #expect(builtin.help.hasSuffix("."), "\(builtin.name)")
      #expect(builtin.signature.hasPrefix(builtin.name + "("), "\(builtin.name)")
    }
  }

  @Test func signaturesShowDefaults() {
    #expect(Builtins.named("round")?.signature == "round(number, ndigits=None)")
    #expect(Builtins.named("enumerate")?.signature == "enumerate(items, start=0)")
  }

  @Test(arguments: [
    ("round()", "round needs number"),
    ("round(1, 2, 3)", "round takes at most 2 arguments"),
    ("round(1, number=2)", "round is given number twice"),
    ("enumerate([1], \"a\")", "for parameter start of enumerate: got string, want int"),
    ("print(1, colour=2)", "print has no parameter colour"),
  ])
  func argumentsAreChecked(text: String, message: String) {
    #expect(fault(text)?.message == message)
  }

  @Test func onlyPrintIsAnAction() {
    #expect(Builtins.all.filter { $0.effect == .action }.map(\.name) == ["print"])
  }
}
