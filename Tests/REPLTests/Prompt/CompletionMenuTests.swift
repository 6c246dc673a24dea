import Testing

@testable import REPL

@Suite struct CompletionMenuTests {
  private func complete(_ typed: String, _ candidates: [String]) -> Completion {
    CompletionMenu.completion(typed: typed, candidates: candidates, columns: 40)
  }

  @Test func oneCandidateIsInserted() {
    #expect(complete("UN", ["UNet"]) == Completion(insertion: "et", listing: nil))
  }

  @Test func theCommonPartIsInsertedFirstThenTheNamesAreListed() {
    #expect(complete("Ran", ["RandFlipd", "RandShiftIntensityd"]).insertion == "d")
    #expect(
      complete("Rand", ["RandFlipd", "RandShiftIntensityd"])
        == Completion(insertion: "", listing: "RandFlipd\nRandShiftIntensityd"))
  }

  @Test func nothingFitsNothingHappens() {
    #expect(complete("xyz", ["UNet"]) == .nothing)
    #expect(complete("UNet", ["UNet"]) == .nothing)
  }

  @Test func tablesRunDownTheColumns() {
    #expect(
      CompletionMenu.table(["a", "b", "c", "d", "e"], columns: 6) == "a  d\nb  e\nc")
    #expect(
      CompletionMenu.table((1...9).map(String.init), columns: 6, rows: 2)
        == "1  3\n2  4\n... and 5 more")
  }
}
