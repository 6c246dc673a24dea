// swift-tools-version: 6.2
import PackageDescription

// Plain Swift loops of the engine run in tests too; without optimisation they are 50 times slower.
let optimisedInDebug: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
  name: "etude",
  products: [
    .executable(name: "etude", targets: ["REPL"]),
    .library(name: "Engine", targets: ["Engine", "Components", "CKernels"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // The contract between the language and the engine: values, schemas, faults. Imports nothing.
    .target(name: "Components"),
    // The language and the config files. Knows no tensors.
    .target(name: "Script", dependencies: ["Components"]),
    // Foreign libraries, one shim each; this one opens those that are not linked.
    .target(name: "CDynamicLibrary", linkerSettings: [.linkedLibrary("dl")]),
    .target(
      name: "COneDNN", dependencies: ["CDynamicLibrary"], cSettings: [.unsafeFlags(["-O2"])]),
    .target(
      name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])],
      linkerSettings: [.linkedLibrary("m")]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CDeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CISAL", providers: [.apt(["libisal-dev"])]),
    .target(
      name: "CEditline", cSettings: [.define("_GNU_SOURCE")],
      linkerSettings: [.linkedLibrary("edit")]),
    // Signals that C code may handle and Swift code may not.
    .target(name: "CSignals", cSettings: [.define("_GNU_SOURCE")]),
    // Threads that no signal interrupts.
    .target(name: "Signals", dependencies: ["CSignals"]),
    // Sockets and signatures of Jupyter's protocol.
    .target(name: "CZMQ", dependencies: ["CDynamicLibrary"]),
    .target(name: "CSodium", dependencies: ["CDynamicLibrary"]),
    // Training. Knows no syntax.
    .target(
      name: "Engine",
      dependencies: ["Components", "COneDNN", "CKernels", "CZlib", "CDeflate", "CISAL"],
      swiftSettings: optimisedInDebug),
    // Values in, pictures out, through gnuplot.
    .target(
      name: "Plotting", dependencies: ["Components"], swiftSettings: optimisedInDebug),
    // Runs one cell: Script and Engine meet here and nowhere else.
    .target(name: "Session", dependencies: ["Components", "Script", "Engine", "Plotting"]),
    // Markdown as HTML, by cmark-gfm.
    .target(name: "CMarkdown", dependencies: ["CDynamicLibrary"]),
    // Notebooks: ipynb files, the page of HTML, and running one without anybody at it.
    .target(name: "Notebook", dependencies: ["Components", "Script", "Session", "CMarkdown"]),
    // The same session behind Jupyter's sockets.
    .target(
      name: "Jupyter",
      dependencies: ["Components", "Script", "Session", "Signals", "CSignals", "CZMQ", "CSodium"]),
    // The executable: prompt and command line.
    .executableTarget(
      name: "REPL",
      dependencies: [
        "Components", "Session", "Notebook", "Jupyter", "CEditline", "CSignals", "Signals",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "ComponentsTests", dependencies: ["Components"]),
    .testTarget(name: "PlottingTests", dependencies: ["Plotting", "Components", "TestSupport"]),
    .testTarget(
      name: "SessionTests",
      dependencies: ["Session", "Script", "Engine", "Plotting", "Components", "TestSupport"],
      exclude: ["Golden", "Scripts/spleen.etude"]),
    .testTarget(
      name: "REPLTests",
      dependencies: [
        "REPL", "Session", "Components", "CSignals", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(
      name: "NotebookTests",
      dependencies: ["Notebook", "Session", "Script", "Components", "TestSupport"]),
    .testTarget(
      name: "JupyterTests",
      dependencies: ["Jupyter", "Script", "Components", "Signals"]),
    .testTarget(
      name: "ScriptTests", dependencies: ["Components", "Script"], exclude: ["Snippets"]),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "Components", "CKernels", "TestSupport"],
      swiftSettings: optimisedInDebug),
    // Against numbers that PyTorch and MONAI computed.
    .testTarget(
      name: "ParityTests", dependencies: ["Engine", "Components", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: optimisedInDebug),
    // What several test targets need: the reader of the parity fixtures, a quiet world to run in.
    .target(
      name: "TestSupport", dependencies: ["Engine", "Script", "Components"],
      path: "Tests/TestSupport", exclude: ["program.sh"]),
  ],
  swiftLanguageModes: [.v6]
)

// CI builds with every warning an error; a newer compiler's warnings must not break a user's build.
if Context.environment["ETUDE_STRICT"] != nil {
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
    target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
