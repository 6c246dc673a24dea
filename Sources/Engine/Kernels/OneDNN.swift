import COneDNN
import Components

/// oneDNN, opened at the first convolution.
enum OneDNN {
  static let library = "libdnnl.so.2"

  /// - Throws: `file` when the library is missing, with the line that installs it.
  static func open(_ name: String = library) throws(Fault) {
    var message = [CChar](repeating: 0, count: 512)
    guard etude_onednn_open(name, &message, message.count) == 0 else {
      throw Fault(
        .file, "oneDNN could not be opened", got: text(message), wanted: name,
        remedy: "sudo apt-get install -y libdnnl2")
    }
  }

  /// Whether convolutions can be computed in bfloat16: only where the processor has AVX-512.
  static func hasBFloat16() throws(Fault) -> Bool {
    try open()
    return etude_onednn_has_bfloat16() != 0
  }

  /// Channels in a block of an activation: 16 where there is AVX-512, else 8. Without the library
  /// nothing gets as far as to hold blocks.
  static var blockWidth: Int {
    do throws(Fault) { return try hasBFloat16() ? 16 : 8 } catch { return 16 }
  }

  /// The primitive for a shape; made once, then found again.
  static func plan(_ shape: EtudeConvolution) throws(Fault) -> Plan {
    try open()
    var shape = shape
    var message = [CChar](repeating: 0, count: 512)
    guard let plan = etude_convolution_plan(&shape, &message, message.count) else {
      throw Fault(.unsupported, "this processor has no such convolution", got: text(message))
    }
    return Plan(plan)
  }

  private static func text(_ message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// A prepared primitive. Plans are never freed, and only the session's thread runs them.
  struct Plan {
    private let plan: OpaquePointer

    fileprivate init(_ plan: OpaquePointer) { self.plan = plan }

    /// Tells plans apart, as the key of packed weights.
    var identity: Int { Int(bitPattern: plan) }
    /// Whether oneDNN has no code of its own for the shape: only its reference, hundreds of times
    /// slower, or a matrix product over copied patches, some three times slower.
    var isMakeshift: Bool {
      let name = String(cString: etude_plan_name(plan))
      return name.hasPrefix("ref") || name.contains("gemm")
    }
    var weightBytes: Int { etude_plan_weight_bytes(plan) }

    /// Weights `[out, in, kernel…]` in the primitive's own order.
    func pack(_ weights: Tensor) throws(Fault) -> Storage {
      let packed = Storage(byteCount: weightBytes)
      let plain = weights.storage.bytes.baseAddress?.assumingMemoryBound(to: Float.self)
      try check(etude_plan_pack(plan, plain, packed.bytes.baseAddress))
      return packed
    }

    func unpack(_ packed: Storage, shape: [Int]) throws(Fault) -> Tensor {
      let weights = Tensor(uninitialized: shape)
      let plain = weights.storage.bytes.baseAddress?.assumingMemoryBound(to: Float.self)
      try check(etude_plan_unpack(plan, packed.bytes.baseAddress, plain))
      return weights
    }

    func run(input: Tensor, weights: Storage, output: Tensor) throws(Fault) {
      try check(
        etude_plan_run(
          plan, input.storage.bytes.baseAddress, weights.bytes.baseAddress,
          output.storage.bytes.baseAddress))
    }

    private func check(_ status: Int32) throws(Fault) {
      if status != 0 { throw Fault(.numeric, "oneDNN could not run a convolution") }
    }
  }
}
