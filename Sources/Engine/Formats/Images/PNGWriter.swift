import CDeflate
import Components

extension PNG {
  /// An 8-bit image: `[width, height]` gray or `[width, height, 3]` red, green and blue, dtype uint8
  /// or float32 (rounded and clamped to 0…255).
  public static func bytes(of image: Tensor) throws -> [UInt8] {
    let isColour = image.rank == 3
    guard image.rank == 2 || (isColour && image.shape[2] == 3), image.count > 0 else {
      throw Fault(
        .shape, "an image of shape \(image.shape) cannot be a PNG",
        wanted: "[width, height] or [width, height, 3]")
    }
    let samples: [UInt8]
    switch image.dtype {
    case .uint8: samples = image.elements(of: UInt8.self)
    case .float32:
      samples = image.elements(of: Float.self).map {
        $0.isNaN ? 0 : UInt8(min(max($0.rounded(), 0), 255))
      }
    default:
      throw Fault(.wrongType, "wrong dtype", got: "\(image.dtype)", wanted: "uint8 or float32")
    }
    let (width, height, channels) = (image.shape[0], image.shape[1], isColour ? 3 : 1)
    var rows: [UInt8] = []
    rows.reserveCapacity(height * (width * channels + 1))
    for y in 0..<height {
      rows.append(0)
      for x in 0..<width {
        let start = (x * height + y) * channels
        rows += samples[start..<(start + channels)]
      }
    }
    var header: [UInt8] = []
    header.append(littleEndian: UInt32(width).byteSwapped)
    header.append(littleEndian: UInt32(height).byteSwapped)
    header += [8, isColour ? Colour.rgb.rawValue : Colour.gray.rawValue, 0, 0, 0]
    return try signature + chunk("IHDR", header) + chunk("IDAT", deflate(rows)) + chunk("IEND", [])
  }

  public static func write(
    _ image: Tensor, to path: String, on fileSystem: any FileSystem = Disk()
  ) throws {
    try AtomicFile.write(bytes(of: image), to: path, on: fileSystem)
  }

  private static func deflate(_ rows: [UInt8]) throws -> [UInt8] {
    guard let state = libdeflate_alloc_compressor(6) else {
      throw Fault(.limit, "no memory is left to deflate with")
    }
    defer { libdeflate_free_compressor(state) }
    let bound = libdeflate_zlib_compress_bound(state, rows.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      count = libdeflate_zlib_compress(state, rows, rows.count, buffer.baseAddress, bound)
    }
  }

  private static func chunk(_ kind: String, _ body: [UInt8]) -> [UInt8] {
    let marked = Array(kind.utf8) + body
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32(body.count).byteSwapped)
    bytes += marked
    bytes.append(littleEndian: UInt32(libdeflate_crc32(0, marked, marked.count)).byteSwapped)
    return bytes
  }
}
