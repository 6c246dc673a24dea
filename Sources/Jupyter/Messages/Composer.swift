import Components
import Glibc
import Script
import Synchronization

/// Writes messages: headers, parents, signatures.
final class Composer: Sendable {
  static let protocolVersion = "5.5"

  private let signer: Signer
  /// Of this process, in every header.
  private let session = RandomName.make()
  private let user = getenv("USER").map { String(cString: $0) } ?? "etude"
  private let count = Atomic<Int>(0)

  init(signer: Signer) { self.signer = signer }

  /// The frames after the identities or the topic.
  ///
  /// - Parameters:
  ///   - parent: The header of the request that this belongs to; nil when nobody asked.
  ///   - id: What the message is called, from `nextID`; nil takes one.
  func frames(
    _ type: String, _ content: ValueDictionary, metadata: ValueDictionary = [:], parent: [UInt8]?,
    id: String? = nil
  ) -> [[UInt8]] {
    let header: ValueDictionary = [
      "msg_id": .string(id ?? nextID()), "session": .string(session),
      "username": .string(user), "date": .string(Self.now()), "msg_type": .string(type),
      "version": .string(Self.protocolVersion),
    ]
    let signed = [
      Self.bytes(header), parent ?? Array("{}".utf8), Self.bytes(metadata), Self.bytes(content),
    ]
    return [RequestReader.delimiter, signer.signature(of: signed)] + signed
  }

  func nextID() -> String { "\(session)_\(count.add(1, ordering: .relaxed).newValue)" }

  private static func bytes(_ object: ValueDictionary) -> [UInt8] {
    Array(JSONWriter.packed(.dict(object)).utf8)
  }

  /// `2026-11-25T18:45:40.123456Z`
  private static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    gmtime_r(&time.tv_sec, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
    let micros = String(time.tv_nsec / 1000)
    return String(cBuffer: buffer) + "." + String(repeating: "0", count: 6 - micros.count) + micros
      + "Z"
  }
}

/// Names that nobody can guess.
enum RandomName {
  /// 128 random bits in hexadecimal digits.
  static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let digits = String(generator.next() as UInt32, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }
}
