import Components
import Testing

@testable import Jupyter

/// Messages that must not be obeyed. Each test ends with a cell that shows that nothing of them was, and
/// that the kernel lives.
@Suite struct RefusalTests {
  private let harm: ValueDictionary = ["code": .string("harm = 1")]

  private func expectNoHarm(_ test: KernelUnderTest) throws {
    let (reply, _) = try test.client.run("harm")
    #expect(reply["ename"] == .string("UnknownName"))
    #expect(reply["execution_count"] == .int(1))
  }

  @Test func aWrongSignature() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    var (_, frames) = test.client.frames("execute_request", harm)
    frames[1][10] = frames[1][10] == 0x30 ? 0x31 : 0x30
    test.client.send(raw: frames)
    frames[1] = []
    test.client.send(raw: frames)
    try expectNoHarm(test)
  }

  @Test func aSignatureOfOtherContent() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    var (_, frames) = test.client.frames("execute_request", ["code": .string("1")])
    frames[5] = test.client.frames("execute_request", harm).frames[5]
    test.client.send(raw: frames)
    try expectNoHarm(test)
  }

  @Test func theSameMessageTwice() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (id, frames) = test.client.frames(
      "execute_request", ["code": .string("print('once')")])
    test.client.send(raw: frames)
    #expect(test.client.reply(to: id)?["status"] == .string("ok"))
    test.client.send(raw: frames)
    test.client.send(raw: frames, over: .control)
    // Whatever came of the repetition would have come before this.
    #expect(try test.client.run("1").reply["execution_count"] == .int(2))
  }

  @Test(arguments: 1..<6)
  func aMessageWithTooFewFrames(count: Int) throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (_, frames) = test.client.frames("execute_request", harm)
    test.client.send(raw: Array(frames.prefix(count)))
    test.client.send(raw: Array(frames.suffix(count)))
    try expectNoHarm(test)
  }

  @Test func aFrameThatIsCutShort() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    var (_, frames) = test.client.frames("execute_request", harm)
    frames[5] = frames[5].dropLast(4)
    test.client.send(raw: frames)
    // Signed, but no JSON.
    let signer = try Signer(key: KernelUnderTest.key)
    frames[1] = signer.signature(of: frames[2...])
    test.client.send(raw: frames)
    try expectNoHarm(test)
  }

  @Test func aFrameOf64MiB() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let large = [UInt8](repeating: UInt8(ascii: "1"), count: 64 << 20)
    let signed = ["{}", "{}", "{}"].map { Array($0.utf8) } + [large]
    test.client.send(
      raw: [RequestReader.delimiter, [UInt8](repeating: 0x61, count: 64)] + signed)
    // The kernel has hung up on that client; another one is served.
    let other = try Client(test.client.connection)
    let (reply, _) = try other.ask("execute_request", ["code": .string("harm")])
    #expect(reply["ename"] == .string("UnknownName"))
  }

  @Test func manyFrames() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (_, frames) = test.client.frames("execute_request", harm)
    test.client.send(raw: [[UInt8]](repeating: [1], count: 500) + frames)
    try expectNoHarm(test)
  }

  @Test func nestedWithoutEnd() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    var (_, frames) = test.client.frames("execute_request", harm)
    frames[5] = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
    frames[1] = try Signer(key: KernelUnderTest.key).signature(of: frames[2...])
    test.client.send(raw: frames)
    try expectNoHarm(test)
  }
}
