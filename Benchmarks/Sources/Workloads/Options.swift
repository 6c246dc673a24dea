import Components
import Engine

/// The words after the workload's name.
struct Options {
  let name: String?
  private let values: [String: String]

  init(_ words: [String]) {
    name = words.first
    let pairs = stride(from: 1, to: words.count - 1, by: 2).map {
      (String(words[$0].drop { $0 == "-" }), words[$0 + 1])
    }
    values = Dictionary(pairs) { $1 }
  }

  func int(_ name: String, _ fallback: Int) -> Int { values[name].flatMap { Int($0) } ?? fallback }
  func double(_ name: String, _ fallback: Double) -> Double {
    values[name].flatMap { Double($0) } ?? fallback
  }
  func string(_ name: String, _ fallback: String) -> String { values[name] ?? fallback }
  func ints(_ name: String, _ fallback: [Int]) -> [Int] {
    values[name].map { $0.split(separator: ",").compactMap { Int($0) } } ?? fallback
  }

  /// A world that says nothing, seeded with 0.
  func context() -> RunContext {
    let threads = int("threads", 2)
    ComputeThreads.set(threads)
    return RunContext(
      output: Silence(), cancellation: Cancellation(), generator: TorchGenerator(seed: 0), seed: 0,
      threads: threads)
  }
}

private struct Silence: OutputSink {
  func write(_ text: String, to channel: OutputChannel) {}
}

extension Value {
  static func ints(_ numbers: [Int]) -> Value { .list(numbers.map { .int($0) }) }
  static func strings(_ words: [String]) -> Value { .list(words.map { .string($0) }) }
}

/// Uniform numbers of [0, 1); quick, for values that only have to differ.
func noise(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
  var state = seed
  let values = (0..<shape.reduce(1, *)).map { _ -> Float in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / 16_777_216
  }
  return Tensor(values, shape: shape)
}
