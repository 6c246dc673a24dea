import Components
import Foundation
import Testing

@testable import Jupyter

@Suite struct ConnectionFileTests {
  private func file(_ changes: [String: String?] = [:], mode: Int = 0o600) throws -> String {
    var entries: [String: String] = [
      "shell_port": "1", "iopub_port": "2", "stdin_port": "3", "control_port": "4", "hb_port": "5",
      "ip": "\"127.0.0.1\"", "key": "\"abc\"", "transport": "\"tcp\"",
      "signature_scheme": "\"hmac-sha256\"", "kernel_name": "\"etude\"", "jupyter_session": "\"x\"",
    ]
    for (key, value) in changes { entries[key] = value }
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-\(UUID().uuidString).json").path
    let text = entries.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ",")
    try "{\(text)}".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  private func read(_ path: String, _ permissions: ConnectionFile.Permissions = .init()) throws
    -> ConnectionFile
  {
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try ConnectionFile.read(path, permissions)
  }

  @Test func itIsRead() throws {
    let file = try read(self.file())
    let ports = [file.shell, file.iopub, file.stdin, file.control, file.heartbeat]
    #expect(ports == [1, 2, 3, 4, 5])
    #expect(file.key == "abc")
    #expect(file.endpoint(7) == "tcp://127.0.0.1:7")
    #expect(file.endpoint(0) == "tcp://127.0.0.1:*")
    #expect(
      try read(self.file(["transport": "\"ipc\"", "ip": "\"/tmp/k\""])).endpoint(3)
        == "ipc:///tmp/k-3")
    #expect(try read(self.file(["ip": "\"::1\""])).endpoint(3) == "tcp://[::1]:3")
  }

  @Test(arguments: [0o644, 0o640, 0o604, 0o660])
  func aKeyThatOthersCanReadIsRefused(mode: Int) throws {
    let path = try file(mode: mode)
    let fault = #expect(throws: Fault.self) { try read(path) }
    #expect(fault?.remedy == "chmod 600 \(path)")
  }

  @Test func noKeyIsTakenOnlyWhenAskedFor() throws {
    #expect(throws: Fault.self) { try read(self.file(["key": "\"\""])) }
    let file = try read(self.file(["key": "\"\""]), .init(allowsUnsigned: true))
    #expect(file.key.isEmpty)
  }

  @Test(arguments: ["0.0.0.0", "192.168.1.4", "*", "::", "127.0.0.1.example.org"])
  func otherMachinesAreServedOnlyWhenAskedFor(address: String) throws {
    let changes = ["ip": "\"\(address)\""]
    let fault = #expect(throws: Fault.self) { try read(file(changes)) }
    #expect(fault?.got == address)
    #expect(try read(file(changes), .init(allowsOthers: true)).address == address)
  }

  @Test(arguments: [
    ["shell_port": "\"x\""], ["hb_port": "70000"], ["transport": "\"udp\""],
    ["signature_scheme": "\"hmac-md5\""], ["curve_publickey": "\"x\""],
  ])
  func whatIsNotUnderstoodIsRefused(changes: [String: String]) throws {
    #expect(throws: Fault.self) { try read(file(changes)) }
  }

  @Test func whatIsNoJSONIsLocated() throws {
    let path = try file()
    try "{\"key\": }".write(toFile: path, atomically: false, encoding: .utf8)
    let fault = #expect(throws: Fault.self) { try read(path) }
    #expect(fault?.place?.source == path)
  }

  @Test func aWrittenFileIsReadByItsOwnerAlone() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-\(UUID().uuidString).json").path
    let written = ConnectionFile(shell: 1, control: 2, stdin: 3, iopub: 4, heartbeat: 5, key: "k")
    try written.write(path)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    // Never over a file that somebody else has put there.
    #expect(throws: Fault.self) { try written.write(path) }
    #expect(try read(path) == written)
  }
}
