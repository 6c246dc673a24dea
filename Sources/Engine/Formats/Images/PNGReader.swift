import CDeflate
import Components

extension PNG {
  /// The image as float32, `[width, height]` or `[width, height, channels]`: the axes MONAI's
  /// PILReader gives, which swaps PIL's rows and columns.
  ///
  /// Values are PIL's: 0…255 for samples of up to 8 bits, 0…65535 for 16-bit gray, the upper byte
  /// of 16-bit colours, numbers of colours for palettes.
  static func read(_ source: any ByteSource) throws -> (tensor: Tensor, header: Header) {
    let chunks = try Chunks(source)
    let header = chunks.header
    guard let count = header.byteCount, count <= Inflater.reach(of: chunks.data.count),
      !chunks.data.isEmpty
    else {
      throw Fault.damaged(
        source.path,
        "its header declares \(header.width) × \(header.height) pixels, "
          + "more than its \(chunks.data.count) bytes can hold")
    }
    let storage = Storage(byteCount: count)
    guard try Inflater().inflateZlib(chunks.data, into: storage.bytes) else {
      throw Fault.damaged(source.path, "its pixels do not inflate to the declared size")
    }
    let channels = header.colour.channels
    let tensor = try Tensor(shape: header.shape, of: Float.self) { target in
      var start = 0
      for pass in header.passes {
        let rowBytes = header.rowBytes(pass.width)
        var previous: Int?
        for row in 0..<pass.height {
          let line = start + 1
          try unfilter(
            storage.bytes, type: storage.bytes[start], line, rowBytes, previous,
            pixelBytes: max(1, channels * header.depth / 8), source.path)
          let y = pass.y + row * pass.stepY
          for column in 0..<pass.width {
            let x = pass.x + column * pass.stepX
            for channel in 0..<channels {
              target[(x * header.height + y) * channels + channel] = sample(
                storage.bytes, line, column * channels + channel, header)
            }
          }
          previous = line
          start = line + rowBytes
        }
      }
    }
    return (tensor, header)
  }

  static func readHeader(_ source: any ByteSource) throws -> Header {
    let start = try source.bytes(at: 0, count: min(source.size, 33))
    guard start.count == 33, start.starts(with: signature),
      Array(start[12..<16]) == Array("IHDR".utf8)
    else { throw Fault.damaged(source.path, "its header is no PNG header") }
    return try Header(Array(start[16..<29]), path: source.path)
  }

  /// Undoes one row's filter in place; `previous` is where the row above begins.
  private static func unfilter(
    _ bytes: UnsafeMutableRawBufferPointer, type: UInt8, _ line: Int, _ count: Int,
    _ previous: Int?, pixelBytes: Int, _ path: String
  ) throws {
    guard type <= 4 else { throw Fault.damaged(path, "a row has the unknown filter \(type)") }
    if type == 0 { return }
    for index in 0..<count {
      let left = index >= pixelBytes ? Int(bytes[line + index - pixelBytes]) : 0
      let up = previous.map { Int(bytes[$0 + index]) } ?? 0
      let corner =
        previous.map { index >= pixelBytes ? Int(bytes[$0 + index - pixelBytes]) : 0 } ?? 0
      let prediction =
        switch type {
        case 1: left
        case 2: up
        case 3: (left + up) / 2
        default: paeth(left, up, corner)
        }
      bytes[line + index] &+= UInt8(truncatingIfNeeded: prediction)
    }
  }

  /// The neighbour nearest to left + up − corner.
  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let estimate = left + up - corner
    let (a, b, c) = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
    return a <= b && a <= c ? left : b <= c ? up : corner
  }

  private static func sample(
    _ bytes: UnsafeMutableRawBufferPointer, _ line: Int, _ index: Int, _ header: Header
  ) -> Float {
    switch header.depth {
    case 8: return Float(bytes[line + index])
    case 16:
      let high = bytes[line + 2 * index]
      guard header.colour == .gray else { return Float(high) }
      return Float(UInt16(high) << 8 | UInt16(bytes[line + 2 * index + 1]))
    default:
      let bit = index * header.depth
      let shift = 8 - header.depth - bit % 8
      let value = Int(bytes[line + bit / 8] >> shift) & ((1 << header.depth) - 1)
      // PIL stretches gray of 2 and 4 bits to a byte; one bit becomes a boolean.
      if header.colour == .palette || header.depth == 1 { return Float(value) }
      return Float(value * 255 / ((1 << header.depth) - 1))
    }
  }
}

/// The header and the joined pixel data of a file, every chunk's CRC checked.
private struct Chunks {
  let header: PNG.Header
  let data: [UInt8]

  init(_ source: any ByteSource) throws {
    let path = source.path
    let bytes = try source.bytes(at: 0, count: source.size)
    guard bytes.starts(with: PNG.signature) else {
      throw Fault(.format, "\(path.quoted) is no PNG")
    }
    var header: PNG.Header?
    var data: [UInt8] = []
    var offset = PNG.signature.count
    while true {
      guard let count = bytes.number(UInt32.self, at: offset, isBigEndian: true).map(Int.init),
        count <= bytes.count - offset - 12,
        let expected = bytes.number(UInt32.self, at: offset + 8 + count, isBigEndian: true)
      else { throw Fault.damaged(path, "it ends inside a chunk") }
      let checksum = bytes.withUnsafeBytes {
        let chunk = UnsafeRawBufferPointer(rebasing: $0[(offset + 4)..<(offset + 8 + count)])
        return UInt32(libdeflate_crc32(0, chunk.baseAddress, chunk.count))
      }
      guard checksum == expected else {
        throw Fault.damaged(path, "the checksum of a chunk is wrong")
      }
      let kind = Array(bytes[(offset + 4)..<(offset + 8)])
      let body = bytes[(offset + 8)..<(offset + 8 + count)]
      switch String(decoding: kind, as: UTF8.self) {
      case "IHDR":
        guard header == nil else { throw Fault.damaged(path, "it has two headers") }
        header = try PNG.Header(Array(body), path: path)
      case "IDAT": data += body
      case "IEND":
        guard let header else { throw Fault.damaged(path, "it has no header") }
        (self.header, self.data) = (header, data)
        return
      case "PLTE": break
      default:
        // A capital first letter marks a chunk without which the image cannot be understood.
        guard kind[0] & 0x20 != 0 else { throw Fault.damaged(path, "it has an unknown chunk") }
      }
      offset += 12 + count
    }
  }
}
