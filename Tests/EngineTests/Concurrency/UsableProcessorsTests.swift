import Testing

@testable import Engine

/// How the limits of a process are written where the system keeps them.
@Suite struct UsableProcessorsTests {
  @Test func affinityIsTheNumberOfBits() {
    #expect(UsableProcessors.affinity(ofLine: "Cpus_allowed:\t0,00000013\n") == 3)
    #expect(UsableProcessors.affinity(ofLine: "Cpus_allowed_list:\t0-1\n") == nil)
  }

  @Test func quotasAreRoundedUp() {
    #expect(UsableProcessors.quota(ofLine: "150000 100000\n") == 2)
    #expect(UsableProcessors.quota(ofLine: "50000 100000") == 1)
    #expect(UsableProcessors.quota(ofLine: "max 100000\n") == nil)
    #expect(UsableProcessors.quota(ofLine: "-1\n 100000\n") == nil)
  }

  @Test func openMPsWishIsItsFirstNumber() {
    #expect(UsableProcessors.wanted("4,2") == 4)
    #expect(UsableProcessors.wanted(" 3") == 3)
    #expect(UsableProcessors.wanted("0") == nil)
    #expect(UsableProcessors.wanted("all") == nil)
  }

  @Test func thereIsAlwaysOne() { #expect(UsableProcessors.count >= 1) }
}
