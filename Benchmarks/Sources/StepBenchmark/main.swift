import Components
import Engine
import Foundation

// One training step of the spleen UNet (DiceLoss, Adam), as JSON:
//   StepBenchmark [--batch 2] [--size 96] [--threads 2] [--dtype f32|bf16] [--repeats 9]
//     [--channels 16,32,64,128,256] [--residual 2] [--norm batch]

struct Silence: OutputSink {
  func write(_ text: String, to channel: OutputChannel) {}
}

func option(_ name: String, _ fallback: String) -> String {
  let arguments = CommandLine.arguments
  guard let place = arguments.firstIndex(of: "--\(name)"), place + 1 < arguments.count else {
    return fallback
  }
  return arguments[place + 1]
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}

let batch = Int(option("batch", "2")) ?? 2
let size = Int(option("size", "96")) ?? 96
let threads = Int(option("threads", "2")) ?? 2
let repeats = Int(option("repeats", "9")) ?? 9
let isHalf = option("dtype", "f32") == "bf16"

let context = RunContext(
  output: Silence(), cancellation: Cancellation(), generator: TorchGenerator(seed: 0), seed: 0,
  threads: threads)
let channels = option("channels", "16,32,64,128,256").split(separator: ",")
  .compactMap { Int($0).map { Value.int($0) } }
let network =
  try UNet.make([
    "spatial_dims": .int(3), "in_channels": .int(1), "out_channels": .int(2),
    "channels": .list(channels), "strides": .list(channels.dropFirst().map { _ in .int(2) }),
    "num_res_units": .int(Int(option("residual", "2")) ?? 2),
    "norm": .string(option("norm", "batch")),
  ]).build(context) as! UNetNetwork
let loss =
  try DiceLoss.make(["to_onehot_y": .bool(true), "softmax": .bool(true)])
  .build(context) as! any Loss
let optimizer =
  try Adam.make([
    "params": .list(network.parameters.map { .object(ParameterObject($0)) }), "lr": .double(2e-4),
  ]).build(context) as! any Optimizer

let count = batch * size * size * size
let generator = context.generator
let image = Tensor(
  (0..<count).map { _ in Float(generator.random32() & 0xff_ffff) / 16_777_216 },
  shape: [batch, 1, size, size, size])
let label = Tensor(
  (0..<count).map { _ in generator.random32() % 10 == 0 ? Float(1) : 0 },
  shape: [batch, 1, size, size, size])
let precision = isHalf ? ForwardMode.Precision.bfloat16 : .float32
let training = ForwardMode(isTraining: true, recordsGradients: true, precision: precision)
let evaluation = ForwardMode(isTraining: false, recordsGradients: false, precision: precision)

var parts: [String: [Sample]] = [:]
var losses: [Double] = []
for step in 0...repeats {
  var samples: [String: Sample] = [:]
  let whole = Clock()
  var clock = Clock()
  func mark(_ name: String) {
    samples[name] = clock.stop()
    clock = Clock()
  }
  optimizer.zeroGradients()
  let prediction = try network.forward(image, training)
  mark("forward")
  let value = try loss(prediction, label)
  mark("loss")
  try backward(value)
  mark("backward")
  try optimizer.step()
  mark("optimizer")
  samples["step"] = whole.stop()
  losses.append(value.scalarValue())
  if step > 0 { for (name, sample) in samples { parts[name, default: []].append(sample) } }
}
let peak = peakMemory()
for step in 0...repeats {
  let clock = Clock()
  _ = try network.forward(image, evaluation)
  if step > 0 { parts["forward_eval", default: []].append(clock.stop()) }
}

struct Figures: Codable {
  var medianSeconds, leastSeconds, cpuSeconds, others: Double
  var quietSeconds: Double?
}
struct Result: Codable {
  var batch, size, threads: Int
  var dtype: String
  var times: [String: Figures]
  var peakMiB: Double
  var losses: [Double]
}
let times = parts.mapValues { samples in
  let quiet = samples.filter { $0.others < 0.06 }.map(\.wall)
  return Figures(
    medianSeconds: median(samples.map(\.wall)), leastSeconds: samples.map(\.wall).min() ?? .nan,
    cpuSeconds: median(samples.map(\.cpu)), others: median(samples.map(\.others)),
    quietSeconds: quiet.isEmpty ? nil : median(quiet))
}
let encoder = JSONEncoder()
encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
let result = Result(
  batch: batch, size: size, threads: threads, dtype: isHalf ? "bf16" : "f32", times: times,
  peakMiB: peak, losses: losses)
print(String(decoding: try encoder.encode(result), as: UTF8.self))
