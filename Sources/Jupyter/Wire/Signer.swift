import CSodium
import Components

/// Signs messages and tells which were signed with the same key: HMAC-SHA256 over the four JSON frames.
struct Signer: Sendable {
  static let library = "libsodium.so.23"
  static let scheme = "hmac-sha256"

  private let key: [UInt8]

  /// An empty key signs nothing and takes everything.
  ///
  /// - Throws: `file` when the library is missing, with the line that installs it.
  init(key: String) throws(Fault) {
    self.key = Array(key.utf8)
    var message = [CChar](repeating: 0, count: 512)
    guard etude_sodium_open(Self.library, &message, message.count) == 0 else {
      throw Fault(
        .file, "libsodium could not be opened", got: String(cBuffer: message),
        wanted: Self.library, remedy: "sudo apt-get install -y libsodium23")
    }
  }

  /// In hexadecimal digits, as they stand on the wire.
  func signature(of frames: some Sequence<[UInt8]>) -> [UInt8] {
    if key.isEmpty { return [] }
    let signed = frames.reduce(into: []) { $0 += $1 }
    var digest = [UInt8](repeating: 0, count: Int(ETUDE_HMAC_BYTES))
    etude_hmac_sha256(key, key.count, signed, signed.count, &digest)
    let digits = Array("0123456789abcdef".utf8)
    return digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// In a time that does not tell how much of a forged signature is right.
  func isSigned(_ frames: some Sequence<[UInt8]>, _ signature: [UInt8]) -> Bool {
    if key.isEmpty { return true }
    let right = self.signature(of: frames)
    return signature.count == right.count && etude_is_equal(signature, right, right.count) != 0
  }
}

/// Signatures seen lately, so that a message that was overheard is not obeyed a second time.
struct SeenSignatures: Sendable {
  static let limit = 1 << 16

  private var seen: Set<[UInt8]> = []
  private var order: [[UInt8]] = []
  private var oldest = 0

  /// - Returns: Whether it is new. An unsigned message always is.
  mutating func enter(_ signature: [UInt8]) -> Bool {
    if signature.isEmpty { return true }
    guard seen.insert(signature).inserted else { return false }
    if order.count < Self.limit {
      order.append(signature)
    } else {
      seen.remove(order[oldest])
      order[oldest] = signature
      oldest = (oldest + 1) % Self.limit
    }
    return true
  }
}
