import Testing

@testable import Jupyter

@Suite struct SignerTests {
  /// Test case 2 of RFC 4231.
  @Test func signsAsTheStandardSays() throws {
    let signer = try Signer(key: "Jefe")
    let signature = signer.signature(
      of: ["what do ya want ", "for nothing?"].map { Array($0.utf8) })
    #expect(
      String(decoding: signature, as: UTF8.self)
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test func tellsForgedFromRight() throws {
    let signer = try Signer(key: "secret")
    let frames = ["{}", "{}"].map { Array($0.utf8) }
    let signature = signer.signature(of: frames)
    #expect(signer.isSigned(frames, signature))
    #expect(!signer.isSigned([frames[0], Array("{ }".utf8)], signature))
    #expect(!signer.isSigned(frames, Array(signature.dropLast())))
    #expect(!signer.isSigned(frames, []))
    #expect(!(try Signer(key: "Secret").isSigned(frames, signature)))
  }

  @Test func remembersSignaturesWithinBounds() {
    var seen = SeenSignatures()
    func isNew(_ number: Int) -> Bool { seen.enter(Array(String(number).utf8)) }
    let areNew = (0..<SeenSignatures.limit).allSatisfy(isNew)
    #expect(areNew)
    // The oldest one is forgotten for each that comes after.
    let later = [0, SeenSignatures.limit, 0, 2].map(isNew)
    #expect(later == [false, true, true, false])
  }
}
