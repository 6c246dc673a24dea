import Components

/// Grey values of one slice, row by row from the top left.
public struct GreySlice: Sendable, Equatable {
  public let width: Int
  public let height: Int
  public let values: [Float]

  /// - Throws: `Fault` when `values` are not width × height many.
  public init(width: Int, height: Int, values: [Float]) throws(Fault) {
    guard width > 0, height > 0, values.count == width * height else {
      throw Fault(
        .shape, "a slice needs one value for each pixel", got: "\(values.count) values",
        wanted: "\(width) x \(height)")
    }
    (self.width, self.height, self.values) = (width, height, values)
  }
}

/// One picture of a slice: the grey values, over them optionally a label map.
public struct SlicePane: Sendable, Equatable {
  public var title: String
  public var image: GreySlice
  /// A class for each pixel of `image`, 0 for background; nil draws the image alone.
  public var labels: [UInt8]?
  /// Grey values from black to white; nil takes the picture's.
  public var window: ClosedRange<Float>?
  /// Height of a pixel as a multiple of its width; nil takes the picture's.
  public var aspect: Double?

  public init(
    _ title: String, image: GreySlice, labels: [UInt8]? = nil, window: ClosedRange<Float>? = nil,
    aspect: Double? = nil
  ) {
    (self.title, self.image, self.labels) = (title, image, labels)
    (self.window, self.aspect) = (window, aspect)
  }
}
