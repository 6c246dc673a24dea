import CKernels
import Engine
import Foundation

/// A kernel's call with what it has to compute and to move at the least.
private struct Probe {
  let name: String
  var operations = 0.0
  var bytes = 0.0
  let call: () -> Void
}

/// Memory of a kernel's operand, never freed: the process ends with the measurement.
private func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
  let start = UnsafeMutableRawPointer.allocate(byteCount: count * 4 + 64, alignment: 64)
    .bindMemory(to: Float.self, capacity: count)
  for index in 0..<count { start[index] = Float(index % 17) / 17 }
  return start
}

/// Times of each kernel; stderr gets its share of the roofline, whichever of both limits binds.
func kernels(_ options: Options) throws -> [String: [Timing]] {
  let threads = options.int("threads", 2)
  _ = options.context()
  let roof = Roofline.measure(threads: threads)
  var times: [String: [Timing]] = [:]
  for probe in probes(Int32(threads)) {
    let samples = timed(options.int("repeats", 9)) { probe.call() }
    times[probe.name] = samples
    let seconds = Figures(samples).medianSeconds
    let arithmetic = probe.operations / roof.floatRate
    let memory = probe.bytes / roof.bandwidth
    let bound = arithmetic > memory ? "arithmetic" : "memory"
    let share = Int((100 * max(arithmetic, memory) / seconds).rounded())
    FileHandle.standardError.write(
      Data(
        "\(probe.name): \(share) % of \(bound), \(Int(probe.operations / seconds / 1e9)) GFLOP/s, "
          .utf8))
    FileHandle.standardError.write(Data("\(Int(probe.bytes / seconds / 1e9)) GB/s\n".utf8))
  }
  return times
}

private func probes(_ parts: Int32) -> [Probe] {
  // The seed's last unit: two channels at full size, batch 2.
  let side = 96, voxels = side * side * side, batch = 2
  var small = EtudeSmallConvolution(
    batch: Int64(batch), inChannels: 2, outChannels: 2, depth: Int64(side), height: Int64(side),
    width: Int64(side), depthKernel: 3, parts: parts)
  let plain = (floats(batch * 2 * voxels), floats(batch * 2 * voxels), floats(2 * 2 * 27))
  let smallOperations = Double(batch * voxels * 2 * 2 * 27 * 2)
  let smallBytes = Double(batch * 2 * voxels * 4 * 2)

  // 32 channels of half the size to two of full size.
  let half = voxels / 8, width = Tensor.blockWidth
  let blocked = floats(batch * 32 * half)
  var transposed = EtudeSmallConvolution(
    batch: Int64(batch), inChannels: 32, outChannels: 2, depth: Int64(side / 2),
    height: Int64(side / 2), width: Int64(side / 2), depthKernel: 3, parts: parts)
  let weights = floats(32 * 2 * 27)

  // 16 channels of half the size, as after the first unit.
  var lines = EtudeLines(
    batch: Int64(batch), lines: Int64(16 / width), length: Int64(half * width),
    width: Int32(width), parts: parts)
  let activation = (floats(batch * 16 * half), floats(batch * 16 * half), floats(batch * 16 * half))
  let activationBytes = Double(batch * 16 * half * 4)
  let numbers = floats(64)
  func affine(_ body: (UnsafePointer<EtudeAffine>) -> Void) {
    var affine = EtudeAffine(
      mean: numbers, scale: numbers, shift: numbers, perItem: 0, slope: 0.25)
    body(&affine)
  }
  var mean = [Double](repeating: 0, count: 64), squares = mean, slope = 0.0

  var blockedWeights = EtudeBlockedConvolution()
  blockedWeights.batch = Int64(batch)
  blockedWeights.width = Int64(width)
  blockedWeights.inBlocks = Int64(32 / width)
  blockedWeights.outBlocks = Int64(32 / width)
  blockedWeights.input = (24, 24, 24)
  blockedWeights.output = (24, 24, 24)
  blockedWeights.kernel = (3, 3, 3)
  blockedWeights.stride = (1, 1, 1)
  blockedWeights.padding = (1, 1, 1)
  blockedWeights.dilation = (1, 1, 1)
  blockedWeights.parts = parts
  let gradient = floats(32 * 32 * 27)

  // The data gradient of 16 to 64 channels with stride 2: the third level's way up.
  var strided = blockedWeights
  strided.inBlocks = Int64(16 / width)
  strided.outBlocks = Int64(64 / width)
  strided.input = (48, 48, 48)
  strided.stride = (2, 2, 2)
  let packed = floats(16 * 64 * 27)

  // 16 channels to 16 at half of a window's size, where there is code for it; and the first layer.
  var winograd = blockedWeights
  winograd.batch = 1
  winograd.inBlocks = Int64(16 / width)
  winograd.outBlocks = winograd.inBlocks
  winograd.input = (80, 80, 80)
  winograd.output = winograd.input
  let products = floats(max(Int(etude_winograd_weights(&winograd)), 1))
  let scratch = floats(Int(etude_winograd_scratch(&winograd, 0)))
  let window = (floats(16 * 80 * 80 * 80), floats(16 * 80 * 80 * 80))
  var first = strided
  first.outBlocks = Int64(16 / width)
  first.input = (Int64(side), Int64(side), Int64(side))
  first.output = (48, 48, 48)

  var dice = EtudeDice(
    batch: Int64(batch), channels: 2, voxels: Int64(voxels), probability: 2, classTarget: 1,
    squared: 0, parts: parts)
  let target = floats(batch * voxels)
  for index in 0..<batch * voxels { target[index] = index % 10 == 0 ? 1 : 0 }
  var (overlap, predicted, actual) = ([0.0, 0, 0, 0], [0.0, 0, 0, 0], [0.0, 0, 0, 0])

  let parameters = 4_808_917
  let state = (floats(parameters), floats(parameters), floats(parameters), floats(parameters))
  var adam = etude_adam_settings(
    beta1: 0.9, rest1: 0.1, beta2: 0.999, rest2: 0.001, eps: 1e-8, decay: 0, shrink: 1,
    negative_step: -2e-4, correction: 1, sign: 1)
  var momentum = etude_sgd_settings()
  momentum.momentum = 0.9
  let dims = [Int64(side), Int64(side), Int64(side)]

  var probes = [
    Probe(name: "small convolution", operations: smallOperations, bytes: smallBytes) {
      etude_small_convolution(&small, plain.0, plain.2, nil, nil, plain.1)
    },
    Probe(name: "its weight gradient", operations: smallOperations, bytes: smallBytes) {
      etude_small_convolution_weights(&small, plain.0, plain.1, plain.2, nil)
    },
    Probe(
      name: "small transposed", operations: Double(batch * half * 32 * 2 * 27 * 2),
      bytes: Double(batch * 32 * half * 4 + batch * 2 * voxels * 4)
    ) {
      etude_small_transposed(&transposed, 32, Int64(width), blocked, 0, weights, nil, plain.1)
    },
    Probe(
      name: "blocked weight gradient", operations: Double(batch * 24 * 24 * 24 * 32 * 32 * 27 * 2)
    ) { etude_blocked_weights(&blockedWeights, activation.0, activation.1, gradient) },
    Probe(
      name: "blocked data gradient", operations: Double(batch * 24 * 24 * 24 * 16 * 64 * 27 * 2)
    ) { etude_blocked_convolution(&strided, 1, activation.0, packed, activation.1) },
    Probe(
      name: "weight gradient of one channel", operations: Double(batch * half * 16 * 27 * 2)
    ) { etude_plain_weights(&first, 1, plain.0, activation.0, gradient) },
    Probe(name: "sum of two", bytes: 3 * activationBytes) {
      etude_add(
        activation.0, activation.1, activation.2, 0, Int64(batch * 16 * half), parts)
    },
    Probe(name: "moments", bytes: activationBytes) {
      etude_moments(&lines, activation.0, 0, &mean, &squares)
    },
    Probe(name: "norm, activation and sum", bytes: 3 * activationBytes) {
      affine {
        etude_affine_activation(&lines, $0, activation.0, 0, activation.1, activation.2, 0)
      }
    },
    Probe(name: "its sums backward", bytes: 2 * activationBytes) {
      affine {
        etude_affine_activation_sums(
          &lines, $0, activation.0, 0, activation.1, 0, &mean, &squares, &slope)
      }
    },
    Probe(name: "its backward pass", bytes: 3 * activationBytes) {
      affine {
        etude_affine_activation_backward(
          &lines, $0, numbers, numbers, numbers, activation.0, 0, activation.1, activation.2, 0)
      }
    },
    Probe(name: "plain to blocked", bytes: 2 * activationBytes) {
      etude_plain_to_blocked(
        activation.0, 0, activation.1, 0, Int64(batch), 16, Int64(half), Int64(width), parts)
    },
    Probe(name: "blocked to plain", bytes: 2 * activationBytes) {
      etude_blocked_to_plain(
        activation.0, 0, activation.1, 0, Int64(batch), 16, Int64(half), Int64(width), parts)
    },
    Probe(name: "softmax and Dice", bytes: Double(batch * 3 * voxels * 4)) {
      _ = etude_dice_sums(&dice, plain.0, target, &overlap, &predicted, &actual)
    },
    Probe(name: "softmax and Dice backward", bytes: Double(batch * 5 * voxels * 4)) {
      etude_dice_backward(&dice, plain.0, target, numbers, numbers, plain.1)
    },
    Probe(name: "Adam, one thread", bytes: Double(7 * 4 * parameters)) {
      etude_adam(state.0, state.1, state.2, state.3, nil, parameters, &adam)
    },
    Probe(name: "SGD, one thread", bytes: Double(5 * 4 * parameters)) {
      etude_sgd(state.0, state.1, state.2, parameters, &momentum)
    },
    Probe(name: "voxels of int16, one thread", bytes: Double(6 * voxels)) {
      voxels_to_tensor(target, VOXEL_I16, dims, 3, 1, 1, -1024, 0, dims[0], plain.1)
    },
  ]
  if etude_has_winograd_convolution(&winograd) != 0 {
    // A third fewer products than the direct sums.
    let operations = Double(80 * 80 * 80 * 16 * 16 * 27 * 2) * 2 / 3
    probes.append(
      Probe(name: "Winograd convolution", operations: operations) {
        etude_winograd_convolution(&winograd, 0, window.0, products, scratch, window.1)
      })
  }
  return probes
}
