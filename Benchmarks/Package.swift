// swift-tools-version: 6.2
import PackageDescription

// Kept apart so that the package itself needs nothing to be measured.
let package = Package(
  name: "etude-benchmarks",
  dependencies: [.package(name: "etude", path: "..")],
  targets: [
    // One piece of work of the engine, timed in a process of its own; a line of JSON out.
    .executableTarget(
      name: "Workloads",
      dependencies: ["Measuring", .product(name: "Engine", package: "etude")]),
    // Runs workloads and their peers in turns and writes the table.
    .executableTarget(name: "SideBySide", dependencies: ["Measuring"]),
    // What both know of the machine.
    .target(name: "Measuring"),
  ],
  swiftLanguageModes: [.v6]
)
