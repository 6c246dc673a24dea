import Session
import Testing

@testable import REPL

@Suite struct CompletionMenuTests {
  private func complete(
    _ typed: String, _ texts: [String], _ kind: Completions.Item.Kind = .component
  ) -> Completion {
    let items = texts.map { Completions.Item($0, kind, "int = 2") }
    return CompletionMenu.completion(
      typed: typed, Completions(range: 0..<typed.count, items: items), columns: 40)
  }

  @Test func oneCandidateIsInserted() {
    #expect(complete("UN", ["UNet"]) == Completion(insertion: "et"))
  }

  @Test func theCommonPartIsInsertedFirstThenTheNamesAreListed() {
    #expect(complete("Ran", ["RandFlipd", "RandShiftIntensityd"]).insertion == "d")
    #expect(
      complete("Rand", ["RandFlipd", "RandShiftIntensityd"])
        == Completion(listing: "RandFlipd\nRandShiftIntensityd"))
  }

  @Test func anotherLetterCaseIsReplaced() {
    #expect(complete("unet", ["UNet"]) == Completion(erased: 4, insertion: "UNet"))
  }

  @Test func argumentsAreListedWithTypeAndDefault() {
    #expect(
      complete("", ["kernel_size=", "act="], .argument).listing
        == "kernel_size=  int = 2\nact=          int = 2")
  }

  @Test func nothingFitsNothingHappens() {
    #expect(complete("xyz", []) == .nothing)
  }

  @Test func tablesRunDownTheColumns() {
    #expect(NameColumns(["a", "b", "c", "d", "e"]).text(columns: 6) == "a  d\nb  e\nc")
    #expect(
      NameColumns((1...9).map(String.init)).text(columns: 6, rows: 2)
        == "1  3\n2  4\n... and 5 more")
  }
}
