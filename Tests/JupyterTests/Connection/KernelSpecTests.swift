import Components
import Foundation
import Testing

@testable import Jupyter

@Suite struct KernelSpecTests {
  private let prefix = FileManager.default.temporaryDirectory
    .appendingPathComponent("etude-\(UUID().uuidString)").path

  @Test func aKernelIsInstalledAndTakenAway() throws {
    defer { try? FileManager.default.removeItem(atPath: prefix) }
    let folder = KernelSpec.folder(prefix: prefix)
    let spec = KernelSpec(name: "etude-dev", title: "Étude (dev)")
    let own = try spec.install(in: folder, program: "/opt/etude")
    #expect(own == "\(prefix)/share/jupyter/kernels/etude-dev")
    let data = try Data(contentsOf: URL(fileURLWithPath: own + "/kernel.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? NSDictionary)
    #expect(
      json["argv"] as? [String] == ["/opt/etude", "kernel", "start", "-f", "{connection_file}"])
    #expect(json["display_name"] as? String == "Étude (dev)")
    #expect(json["language"] as? String == "etude")
    #expect(json["interrupt_mode"] as? String == "message")
    // Installing again is no mistake.
    #expect(try spec.install(in: folder, program: "/opt/etude") == own)
    #expect(try spec.uninstall(from: folder) == own)
    #expect(!FileManager.default.fileExists(atPath: own))
    let fault = #expect(throws: Fault.self) { try spec.uninstall(from: folder) }
    #expect(fault?.kind == .file)
  }

  @Test(arguments: ["", "..", "a/b", "a b", "é"])
  func namesThatJupyterWouldNotFindAreRefused(name: String) {
    #expect(throws: Fault.self) {
      try KernelSpec(name: name).install(in: prefix, program: "/opt/etude")
    }
    #expect(!FileManager.default.fileExists(atPath: prefix))
  }

  @Test(arguments: [
    (["HOME": "/h"], "/h/.local/share/jupyter/kernels"),
    (["HOME": "/h", "XDG_DATA_HOME": "/d"], "/d/jupyter/kernels"),
    (["HOME": "/h", "JUPYTER_DATA_DIR": "/j"], "/j/kernels"), ([:], nil),
  ])
  func theUsersFolderIsJupyters(environment: [String: String], folder: String?) {
    #expect(KernelSpec.userFolder { environment[$0] } == folder)
  }
}
