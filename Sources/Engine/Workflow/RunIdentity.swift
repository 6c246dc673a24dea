/// Names one training, from its first iteration through every resume, so that its files can be told
/// from those of another in the same folder.
public struct RunIdentity: Sendable, Hashable, CustomStringConvertible {
  public let description: String

  /// A new one; drawn from the system, never from a training's own generators.
  public init() {
    let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    description = String(repeating: "0", count: 16 - digits.count) + digits
  }

  init(_ description: String) { self.description = description }
}
