import Foundation
import Glibc
import TestSupport
import Testing

@testable import REPL

/// The program without a terminal: what comes out where, and its exit status.
@Suite struct ProgramTests {
  private typealias Result = Program.Result
  private static let root = Program.root

  private func etude(
    _ arguments: [String], input: String = "", in folder: URL? = nil,
    environment: [String: String] = [:]
  ) throws -> Program.Result {
    try Program.run(arguments, input: input, in: folder, environment: environment)
  }

  @Test func aLineOfCodePrintsItsValue() throws {
    #expect(try etude(["-c", "1+1"]) == Result(status: 0, output: "2\n", errors: ""))
  }

  @Test func aFailingLineSaysSoOnStderr() throws {
    let result = try etude(["-c", "nonsense_name"])
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("nonsense_name"))
  }

  @Test func aScriptHasNobodyToAsk() throws {
    let result = try etude(["-c", "input('Name? ')"])
    #expect(result.status == 1)
    #expect(result.errors.contains("nobody does"))
  }

  @Test func aLineThatDoesNotParseIsStatusTwo() throws {
    #expect(try etude(["-c", "1 +"]).status == 2)
    #expect(try etude(["-c", "(1"]).status == 2)
  }

  @Test func pipedLinesShowNoPromptAndStopAtTheFirstError() throws {
    let result = try etude([], input: "1+1\nnonsense_name\n3+3\n")
    #expect(result.status == 1)
    #expect(result.output == "2\n")
    #expect(!result.errors.contains("etude> "))
  }

  @Test func aMisspeltCommandIsToldWithTheNearest() throws {
    let result = try etude(["trian"])
    #expect(result.status == 2)
    #expect(result.errors.contains("train"))
  }

  @Test func wrongBytesAreRefused() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).etude")
    try Data([0x31, 0xff, 0xfe]).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let result = try etude([file.path])
    #expect(result.status == 1)
    #expect(result.errors.contains("not UTF-8"))
  }

  private func script(_ text: String) throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).etude")
    try text.write(to: file, atomically: true, encoding: .utf8)
    return file.path
  }

  @Test func parametersReplaceWhatAScriptAssigns() throws {
    let file = try script("#!/usr/bin/env etude\nn = 2\nn * 10\n")
    defer { try? FileManager.default.removeItem(atPath: file) }
    #expect(try etude(["run", file]) == Result(status: 0, output: "20\n", errors: ""))
    #expect(try etude(["run", file, "--param", "n=3"]).output == "30\n")
    let wrong = try etude(["run", file, "--param", "m=3"])
    #expect(wrong.status == 2)
    #expect(wrong.output.isEmpty)
    #expect(wrong.errors.contains("no parameter"))
    #expect(try etude(["run", file, "--param", "n=many"]).status == 2)
    #expect(try etude(["run", file, "--param", "n"]).status == 2)
  }

  @Test func aScriptThatTakesTooLongEndsWithItsStatus() throws {
    let file = try script("x = [0 for i in range(40000000)]\n")
    defer { try? FileManager.default.removeItem(atPath: file) }
    let result = try etude(["run", file, "--timeout", "0.5"])
    #expect(result.status == 124)
    #expect(result.errors.contains("out of time"))
  }

  @Test func aScriptRefusesTheCommandsOfThePrompt() throws {
    let result = try etude([], input: "1\n%who\n")
    #expect(result.status == 1)
    #expect(result.output == "", "what cannot run is found before anything does")
    #expect(result.errors.contains("%who is for the prompt"))
  }

  @Test func linesFollowALoadedConfig() throws {
    let example = Self.root.appendingPathComponent("examples/spleen").path
    let result = try etude([example], input: "train.optimizer\n")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("Adam("))
  }

  @Test func colourGoesToAFileOnlyWhenItIsAskedFor() throws {
    #expect(try etude(["-c", "[1]"]).output == "[1]\n")
    #expect(try etude(["--color", "always", "-c", "[1]"]).output == "[\u{1B}[36m1\u{1B}[0m]\n")
  }

  /// The session of the README as it stands there, in a folder that holds the example.
  @Test func theSessionOfTheReadmeRuns() throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try files.createDirectory(
      at: folder.appendingPathComponent("examples/spleen"), withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    try files.copyItem(
      at: Self.root.appendingPathComponent("examples/spleen/config"),
      to: folder.appendingPathComponent("examples/spleen/config"))
    let readme = try String(
      contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
    let lines = readme.split(separator: "\n").filter { $0.hasPrefix("etude> ") }
      .map { $0.dropFirst("etude> ".count) }
    #expect(lines.count == 10)
    let result = try etude([], input: lines.joined(separator: "\n") + "\n", in: folder)
    #expect(result.status == 0, "\(result.errors)")
    for text in ["RandCropByPosNegLabeld", "run 1: 4 epochs, 8 iterations", "run 2: 2 epochs"] {
      #expect(result.output.contains(text))
    }
    #expect(
      result.errors.contains("rebuilt optimizer (learning_rate 0.0002 → 0.001, moments kept)"))
    let curves = try String(
      contentsOf: folder.appendingPathComponent("curves.svg"), encoding: .utf8)
    #expect(curves.contains("<svg") && curves.contains("val_mean_dice"))
    let again = try etude(["-c", "load('my_config.json'); train.model"], in: folder)
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.output.contains("channels=[8, 16, 32]"))
  }

  /// oneDNN can be told to see an older processor than there is.
  @Test func withoutBFloat16AmpIsFloat32AndSaysSo() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let example = Self.root.appendingPathComponent("examples/spleen").path
    let lines = """
      load("\(example)")
      DATA_ROOT = synthesize("data", n=2, shape=(32, 32, 32), val=1)
      DATASET_JSON = "data/dataset.json"; MMAR_CKPT_DIR = "models"
      train.pre_transforms.RandCropByPosNegLabeld.spatial_size = [16, 16, 16]
      validate.inferer.roi_size = [16, 16, 16]
      train.model.channels = [4, 8]; train.model.strides = [2]
      amp = True
      train(iterations=1)
      """
    let result = try etude(
      [], input: lines, in: folder, environment: ["ONEDNN_MAX_CPU_ISA": "AVX2"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("amp: this processor has no AVX-512"))
    #expect(result.errors.components(separatedBy: "no AVX-512").count == 2)
  }

  @Test func everyOptionIsInTheManual() throws {
    let manual = try String(
      contentsOf: Self.root.appendingPathComponent("share/man/man1/etude.1"), encoding: .utf8
    ).replacingOccurrences(of: "\\-", with: "-")
    let commands = [
      [], ["prompt"], ["train"], ["evaluate"], ["dataset", "synthesize"], ["dataset", "split"],
      ["run"], ["convert"], ["inspect"], ["doctor"],
    ]
    for command in commands {
      let help = try etude(command + ["--help"]).output
      let options = help.matches(of: /--[a-z][a-z_-]+/).map { String($0.output) }
      #expect(!options.isEmpty)
      for option in options { #expect(manual.contains(option), "\(option) of etude \(command)") }
    }
  }

  /// A gnuplot that is missing, ends or says nothing sensible is an error of the line that wanted it.
  @Test(arguments: [
    (nil, "gnuplot is not installed", "apt-get install"),
    ("exit 3", "gnuplot could not draw this", "gnuplot ended with status 3"),
    ("cat > /dev/null; echo 'no fonts' >&2", "gnuplot could not draw this", "no fonts"),
  ])
  func aBrokenGnuplotIsAnError(script: String?, message: String, detail: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("etude-path-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    if let script {
      try ShellProgram.write(
        "PATH=/usr/bin:/bin\n\(script)", to: folder.appendingPathComponent("gnuplot").path)
    }
    let picture = folder.appendingPathComponent("curve.svg").path
    let result = try etude(
      ["-c", "plot([3, 2, 1], file=\"\(picture)\")"], environment: ["PATH": folder.path])
    #expect(result.status == 1 && result.output.isEmpty)
    #expect(result.errors.contains(message) && result.errors.contains(detail), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: picture), "no half of a picture")
  }
}
