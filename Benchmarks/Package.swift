// swift-tools-version: 6.2
import PackageDescription

// Kept apart so that the package itself needs nothing to be measured.
let package = Package(
  name: "etude-benchmarks",
  dependencies: [.package(name: "etude", path: "..")],
  targets: [
    .executableTarget(
      name: "StepBenchmark", dependencies: [.product(name: "Engine", package: "etude")])
  ],
  swiftLanguageModes: [.v6]
)
