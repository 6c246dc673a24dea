import Components
import Testing

@testable import Jupyter

@Suite struct AskingTests {
  @Test func aCellAsksItsClient() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    let id = client.execute(
      "print('first')\nname = input('Name? ')\nname", ["allow_stdin": .bool(true)])
    let question = client.receive(.stdin)
    #expect(question?.type == "input_request")
    #expect(question?.text("prompt") == "Name? ")
    #expect(question?["password"] == .bool(false))
    #expect(question?.parent == id)
    client.send("input_reply", ["value": .string("Ångström")], over: .stdin)
    #expect(client.reply(to: id)?["status"] == .string("ok"))
    #expect(client.published(of: id).first { $0.type == "execute_result" }?.data() == "'Ångström'")
  }

  @Test func nobodyIsAskedWhoDoesNotWant() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let (reply, _) = try test.client.run("input()")
    #expect(reply["ename"] == .string("Unsupported"))
  }

  @Test func anInterruptEndsTheQuestion() throws {
    let test = try KernelUnderTest()
    defer { test.end() }
    let client = test.client
    let id = client.execute("input()", ["allow_stdin": .bool(true)])
    let question = client.receive(.stdin)
    #expect(question?.type == "input_request")
    client.send("interrupt_request", over: .control)
    #expect(client.reply(to: id)?["ename"] == .string("KeyboardInterrupt"))
    // An answer that comes too late is no answer to the next question.
    client.send(
      "input_reply", ["value": .string("late")], over: .stdin, answering: question?.id)
    let next = client.execute("input()", ["allow_stdin": .bool(true)])
    #expect(client.receive(.stdin)?.parent == next)
    client.send("input_reply", ["value": .string("right")], over: .stdin)
    #expect(client.reply(to: next)?["status"] == .string("ok"))
    #expect(client.published(of: next).first { $0.type == "execute_result" }?.data() == "'right'")
  }
}
