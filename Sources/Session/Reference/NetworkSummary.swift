import Components
import Engine

/// The table of `network_summary`: layers with their parameters, and the shape of the output.
struct NetworkSummary {
  private let network: any Network
  private let input: [Int]
  private let output: TensorSpec

  /// - Throws: what about an input of that size cannot work.
  init(_ network: any Network, inputSize: [Int]) throws(Fault) {
    self.network = network
    input = inputSize
    output = try network.preview(TensorSpec(shape: inputSize))
  }

  var text: String {
    let layers = layers
    let width = layers.map(\.name.count).max() ?? 0
    let rows = layers.map { layer in
      let name = layer.name + String(repeating: " ", count: width - layer.name.count)
      return "  \(name)  \(layer.shapes.joined(separator: " "))  \(layer.count)"
    }
    let total = network.parameters.reduce(0) { $0 + $1.value.count }
    let head = "\(network.kind)  input \(Self.text(input))  output \(Self.text(output.shape))"
    return ([head] + rows + ["  \(total) trainable parameters"]).joined(separator: "\n")
  }

  private struct Layer {
    var name: String
    var shapes: [String]
    var count: Int
  }

  /// Parameters of one module (all but the last part of the name) in one row.
  private var layers: [Layer] {
    var layers: [Layer] = []
    for parameter in network.parameters {
      let name = parameter.name.split(separator: ".").dropLast().joined(separator: ".")
      if layers.last?.name != name { layers.append(Layer(name: name, shapes: [], count: 0)) }
      layers[layers.count - 1].shapes.append(Self.text(parameter.value.shape))
      layers[layers.count - 1].count += parameter.value.count
    }
    return layers
  }

  private static func text(_ shape: [Int]) -> String { text(shape.map(Optional.some)) }

  private static func text(_ shape: [Int?]) -> String {
    shape.map { $0.map(String.init) ?? "?" }.joined(separator: "×")
  }
}
