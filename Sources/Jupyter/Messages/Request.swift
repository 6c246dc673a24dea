import Components
import Script

/// A message that came in and is what it says it is.
struct Request: Sendable {
  var channel: Channel
  /// Who is to get the reply.
  var identities: [[UInt8]]
  /// The header as it came; replies carry it as their parent.
  var headerFrame: [UInt8]
  var type: String
  var subshell: String?
  /// The message that this one answers, where its sender says so.
  var parent: String?
  var content: ValueDictionary

  /// The flag of that name, or what it is without one.
  func flag(_ name: String, _ fallback: Bool) -> Bool {
    if case .bool(let flag)? = content[name] { flag } else { fallback }
  }

  func text(_ name: String) -> String? {
    if case .string(let text)? = content[name] { text } else { nil }
  }

  func number(_ name: String) -> Int? {
    if case .int(let number)? = content[name] { number } else { nil }
  }
}

/// The roads a message takes; the heartbeat has no messages.
enum Channel: Sendable, CaseIterable { case shell, control, stdin, iopub }

/// Makes requests of frames, and refuses what is not whole, not signed, or was there before.
struct RequestReader: Sendable {
  static let delimiter = Array("<IDS|MSG>".utf8)

  private let signer: Signer
  private var seen = SeenSignatures()

  init(signer: Signer) { self.signer = signer }

  /// - Throws: What is wrong with it; nothing of it may be used then.
  mutating func read(_ frames: [[UInt8]], from channel: Channel) throws(Fault) -> Request {
    guard let border = frames.firstIndex(of: Self.delimiter), frames.count >= border + 6 else {
      throw Self.refused("it has too few or too many frames")
    }
    let signature = frames[border + 1]
    let signed = frames[(border + 2)..<(border + 6)]
    guard signer.isSigned(signed, signature) else { throw Self.refused("its signature is wrong") }
    guard seen.enter(signature) else { throw Self.refused("it was sent before") }
    let parts = try signed.map { frame throws(Fault) in try Self.object(frame) }
    guard case .string(let type)? = parts[0]["msg_type"] else {
      throw Self.refused("its header names no type")
    }
    var request = Request(
      channel: channel, identities: Array(frames[..<border]), headerFrame: frames[border + 2],
      type: type, content: parts[3])
    if case .string(let subshell)? = parts[0]["subshell_id"] { request.subshell = subshell }
    if case .string(let parent)? = parts[1]["msg_id"] { request.parent = parent }
    return request
  }

  private static func object(_ frame: [UInt8]) throws(Fault) -> ValueDictionary {
    guard let text = String(validating: frame, as: UTF8.self) else {
      throw refused("it is not UTF-8")
    }
    let sources = SourceStore()
    let (value, findings) = JSONReader.read(sources.add(name: "message", text: text), in: sources)
    guard findings.errors.isEmpty, case .dict(let object)? = value?.value else {
      throw refused("a part of it is no JSON object")
    }
    return object
  }

  private static func refused(_ why: String) -> Fault {
    Fault(.format, "refused a message: \(why)")
  }
}
