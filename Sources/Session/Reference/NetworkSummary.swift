import Components
import Engine
import Script

/// The table of `summary` and of `network_summary`: layers with the shapes they make, parameters,
/// multiply-adds, and what a training step takes in memory.
///
/// All of it is read from the network's own preview of its layers.
struct NetworkSummary {
  private let network: any Network
  private let input: [Int]
  private let output: TensorSpec
  private let layers: [LayerSummary]
  private let isMixed: Bool
  private let peak: Int?

  /// - Parameters:
  ///   - inputSize: `[N, C, spatial…]`
  ///   - isMixed: whether activations are kept as bfloat16.
  ///   - peak: bytes that tensors have taken at once so far, where a training tells something by it.
  /// - Throws: what about an input of that size cannot work.
  init(_ network: any Network, inputSize: [Int], isMixed: Bool = false, peak: Int? = nil)
    throws(Fault)
  {
    (self.network, self.isMixed, self.peak) = (network, isMixed, peak)
    guard inputSize.allSatisfy({ $0 > 0 }) else {
      throw Fault(
        .outOfRange, "every axis of the input has a size", got: "\(inputSize)",
        argument: ["input_size"])
    }
    input = inputSize
    let spec = TensorSpec(shape: inputSize)
    output = try network.preview(spec)
    layers =
      try (network as? any LayeredNetwork)?.layers(for: spec, isMixed ? .bfloat16 : .float32)
      ?? Self.parts(of: network)
  }

  var text: String { ([head, table.text()] + totals).joined(separator: "\n") }

  var html: String {
    func paragraph(_ lines: [String]) -> String {
      "<p>\(lines.map(StyledHTML.escaped).joined(separator: "<br>"))</p>"
    }
    return [paragraph([head]), table.html, paragraph(totals)].joined(separator: "\n")
  }

  private var head: String {
    "\(network.kind)  input \(Self.text(input))  output \(Self.text(output.shape))"
  }

  private var table: Table {
    let rows = layers.enumerated().map { index, layer in
      [
        "\(index)", layer.name, Self.text(layer.outputShape), "\(layer.parameterCount)",
        layer.multiplyAdds.map { Self.short(Double($0)) } ?? "",
      ]
    }
    return Table(
      rows, head: ["#", "layer", "output", "parameters", "multiply-adds"], right: [0, 3, 4])
  }

  private var totals: [String] {
    let parameters = parameterCount
    var first = "\(parameters) trainable parameters (\(Self.bytes(parameters * 4)))"
    let work = layers.compactMap(\.multiplyAdds)
    if work.count == layers.count, !work.isEmpty {
      first += ", \(Self.short(Double(work.reduce(0, +)))) multiply-adds forward"
    }
    guard let memory = trainingMemory else { return [first] }
    return [
      first,
      "training takes about \(Self.bytes(memory.activations + memory.weights)): activations "
        + "\(Self.bytes(memory.activations))\(isMixed ? " in bfloat16" : ""), weights with gradients "
        + "and two moments \(Self.bytes(memory.weights))",
    ]
      + (peak.map { ["so far tensors took \(Self.bytes($0)) at most, cases in memory included"] }
        ?? [])
  }

  private var parameterCount: Int { network.parameters.reduce(0) { $0 + $1.value.count } }

  /// Bytes at the peak of a step, an estimate: everything kept for the backward pass, and while it
  /// runs the gradients of the largest layer's input and output; weights in float32 with a gradient and
  /// Adam's two moments. Nil where a size is not known.
  var trainingMemory: (activations: Int, weights: Int)? {
    let kept = layers.compactMap(\.keptBytes)
    guard kept.count == layers.count, let largest = kept.max() else { return nil }
    return (kept.reduce(0, +) + 2 * largest, parameterCount * 4 * 4)
  }

  /// Of a network that cannot say more: its modules with their parameters.
  private static func parts(of network: any Network) -> [LayerSummary] {
    var layers: [LayerSummary] = []
    for parameter in network.parameters {
      let name = parameter.name.split(separator: ".").dropLast().joined(separator: ".")
      if layers.last?.name != name {
        layers.append(LayerSummary(name: name, outputShape: [], parameterCount: 0))
      }
      layers[layers.count - 1].parameterCount += parameter.value.count
    }
    return layers
  }

  private static func text(_ shape: [Int]) -> String { text(shape.map(Optional.some)) }

  private static func text(_ shape: [Int?]) -> String {
    shape.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
  }

  /// `52.3 G`
  private static func short(_ number: Double) -> String {
    scaled(number, by: 1000, ["", " k", " M", " G", " T"])
  }

  /// `1.8 GiB`
  static func bytes(_ count: Int) -> String {
    scaled(Double(count), by: 1024, [" B", " KiB", " MiB", " GiB", " TiB"])
  }

  private static func scaled(_ number: Double, by step: Double, _ units: [String]) -> String {
    var (value, unit) = (number, 0)
    while value >= step, unit < units.count - 1 { (value, unit) = (value / step, unit + 1) }
    return PythonNumber.text(of: value, decimals: unit == 0 || value >= 100 ? 0 : 1) + units[unit]
  }
}
