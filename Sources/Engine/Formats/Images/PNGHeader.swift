import Components

/// Reads and writes PNG images (ISO/IEC 15948).
public enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  enum Colour: UInt8 {
    case gray = 0
    case rgb = 2
    case palette = 3
    case grayAlpha = 4
    case rgba = 6

    var channels: Int {
      switch self {
      case .gray, .palette: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }

    var depths: [Int] {
      switch self {
      case .gray: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .grayAlpha, .rgba: [8, 16]
      }
    }
  }

  /// The `IHDR` chunk.
  struct Header: Sendable {
    let width: Int
    let height: Int
    /// Bits of one sample.
    let depth: Int
    let colour: Colour
    let isInterlaced: Bool

    /// `[width, height]`, and the channels last when there are several.
    var shape: [Int] {
      colour.channels == 1 ? [width, height] : [width, height, colour.channels]
    }

    /// Bytes of one row of that many pixels, without its filter byte.
    func rowBytes(_ width: Int) -> Int { (width * colour.channels * depth + 7) / 8 }

    /// Bytes of all rows and filter bytes, in all passes; nil when it does not fit an integer.
    var byteCount: Int? {
      guard width < 1 << 31, height < 1 << 31 else { return nil }
      return passes.reduce(Int?(0)) { total, pass in
        let (bytes, overflow) = (rowBytes(pass.width) + 1).multipliedReportingOverflow(
          by: pass.height)
        return overflow ? nil : total.flatMap { $0 < Int.max - bytes ? $0 + bytes : nil }
      }
    }

    struct Pass {
      let width, height, x, y, stepX, stepY: Int
    }

    /// The image in one piece, or the seven of Adam7.
    var passes: [Pass] {
      guard isInterlaced else {
        return [Pass(width: width, height: height, x: 0, y: 0, stepX: 1, stepY: 1)]
      }
      let grid = [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ]
      return grid.compactMap { x, y, stepX, stepY in
        let width = (self.width - x + stepX - 1) / stepX
        let height = (self.height - y + stepY - 1) / stepY
        guard width > 0, height > 0 else { return nil }
        return Pass(width: width, height: height, x: x, y: y, stepX: stepX, stepY: stepY)
      }
    }

    init(_ chunk: [UInt8], path: String) throws {
      guard chunk.count == 13, let width = chunk.number(UInt32.self, at: 0, isBigEndian: true),
        let height = chunk.number(UInt32.self, at: 4, isBigEndian: true), width > 0, height > 0,
        let colour = Colour(rawValue: chunk[9]), colour.depths.contains(Int(chunk[8])),
        chunk[10] == 0, chunk[11] == 0, chunk[12] <= 1
      else { throw Fault.damaged(path, "its header is no PNG header") }
      (self.width, self.height) = (Int(width), Int(height))
      (depth, self.colour, isInterlaced) = (Int(chunk[8]), colour, chunk[12] == 1)
    }
  }
}
