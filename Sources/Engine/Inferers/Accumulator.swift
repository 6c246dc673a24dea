import CKernels

/// The weighted sum of all windows, and of their weights, while they come in.
struct Accumulator {
  private let items: Int
  private let channels: Int
  private let size: [Int]
  private let window: [Int]
  private let weights: Tensor
  private var sums: Tensor
  /// One map for all items and channels: every item has the same windows.
  private var counts: Tensor

  init(items: Int, channels: Int, size: [Int], weights: Tensor, window: [Int]) {
    (self.items, self.channels, self.weights) = (items, channels, weights)
    // A 2-D image is a volume of one plane.
    let ones = Array(repeating: 1, count: 3 - size.count)
    (self.size, self.window) = (ones + size, ones + window)
    sums = Tensor(zeros: [items, channels] + size)
    counts = Tensor(zeros: size)
  }

  /// Adds `result[i]`, the window of `places[i]`, in order.
  mutating func add(_ result: Tensor, _ places: [(item: Int, start: [Int])], threads: Int) {
    let (size, window, channels) = (self.size, self.window, self.channels)
    let (voxels, windowVoxels) = (size.reduce(1, *), window.reduce(1, *))
    let weights = self.weights
    var counts = self.counts
    self.counts = Tensor(zeros: [])
    sums.withMutableElements(of: Float.self) { sums in
      counts.withMutableElements(of: Float.self) { counts in
        result.withElements(of: Float.self) { values in
          weights.withElements(of: Float.self) { weights in
            guard let sums = sums.baseAddress, let counts = counts.baseAddress,
              let values = values.baseAddress, let weights = weights.baseAddress
            else { return }
            // Channels never share a voxel, so they are what threads take; windows stay in order.
            parallelFor(channels, threads: threads) { part in
              for channel in part {
                for (index, place) in places.enumerated() {
                  let start = Array(repeating: 0, count: 3 - place.start.count) + place.start
                  let target = sums + (place.item * channels + channel) * voxels
                  let source = values + (index * channels + channel) * windowVoxels
                  // The map is counted once, with the first channel of the first item.
                  let counted = channel == 0 && place.item == 0
                  for x in 0..<window[0] {
                    for y in 0..<window[1] {
                      let from = (x * window[1] + y) * window[2]
                      let to = ((start[0] + x) * size[1] + start[1] + y) * size[2] + start[2]
                      etude_accumulate(
                        source + from, weights + from, target + to, counted ? counts + to : nil,
                        window[2])
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    self.counts = counts
  }

  /// Sums divided by weights, without the padding; nothing can be added afterwards.
  mutating func finish(from padding: [Int], size image: [Int], threads: Int) -> Tensor {
    let voxels = size.reduce(1, *)
    let planes = items * channels
    let counts = self.counts
    sums.withMutableElements(of: Float.self) { sums in
      counts.withElements(of: Float.self) { counts in
        guard let sums = sums.baseAddress, let counts = counts.baseAddress else { return }
        parallelFor(planes, threads: threads) { part in
          for plane in part { etude_divide(sums + plane * voxels, counts, voxels) }
        }
      }
    }
    let shape = Array(sums.shape.dropFirst(2))
    return sums.reshaped([planes] + shape).cropped(
      from: padding, to: zip(padding, image).map { $0 + $1 }
    ).reshaped([items, channels] + image)
  }
}
