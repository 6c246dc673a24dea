import Components
import Dispatch
import Synchronization

/// Makes a small data set that looks like CT of the abdomen, for trying things out and for timing.
///
/// Laid out as the Medical Segmentation Decathlon's Task09_Spleen: `imagesTr`, `labelsTr`, `.nii.gz`
/// of int16 and uint8, `dataset.json`. Every volume has air, a body, six organs, a spine, a spleen
/// (label 1) and noise, in Hounsfield units; it depends on the seed, its number and the size alone.
/// With more labels there are more organs, each with a place and a density of its own.
public struct SyntheticCT: Sendable {
  public var count: Int
  /// Voxels along x, y, z.
  public var shape: [Int]
  /// How many of the volumes, the last ones, are for validation.
  public var validation: Int
  /// Classes beside the background.
  public var labels: Int
  public var seed: UInt32

  /// Millimetres between voxels.
  static let spacing = [0.8, 0.8, 5.0]

  public init(
    count: Int = 4, shape: [Int] = [512, 512, 100], validation: Int = 1, labels: Int = 1,
    seed: UInt32 = 0
  ) {
    (self.count, self.shape, self.validation) = (count, shape, validation)
    (self.labels, self.seed) = (labels, seed)
  }

  /// Writes what is missing; the same call again makes nothing.
  ///
  /// - Returns: the list's path and the paths of volumes made, two for each case.
  /// - Throws: when the folder holds another data set, or one of other numbers.
  public func write(to folder: String) throws -> (list: String, made: [String]) {
    try check()
    let list = PathName.join(folder, "dataset.json")
    let text = Array(try JSONFile.text(of: .dict(description)).utf8)
    try claim(folder, list, text)
    let made = Mutex<[String]>([])
    let faults = Mutex<[any Error]>([])
    DispatchQueue.concurrentPerform(iterations: count) { number in
      if faults.withLock({ !$0.isEmpty }) { return }
      do {
        let paths = try writeVolume(number, to: folder)
        made.withLock { $0 += paths }
      } catch { faults.withLock { $0.append(error) } }
    }
    if let fault = faults.withLock({ $0.first }) { throw fault }
    return (list, made.withLock { $0.sorted() })
  }

  private func check() throws {
    guard count >= 1, (0..<count).contains(validation) else {
      throw Fault(
        .outOfRange, "the numbers of volumes do not fit",
        got: "\(count), \(validation) of them "
          + "for validation", wanted: "at least one for training")
    }
    let most = SyntheticVolume.labelNames.count
    guard 1...most ~= labels else {
      throw Fault(
        .outOfRange, "the number of labels is out of range", got: "\(labels)",
        wanted: "1 to \(most): \(SyntheticVolume.labelNames.joined(separator: ", "))")
    }
    guard shape.count == 3, shape.allSatisfy({ (1...4096).contains($0) }) else {
      throw Fault(
        .outOfRange, "the size is out of range", got: "\(shape)", wanted: "three of 1...4096")
    }
  }

  /// The list is written first: it marks the folder as ours, so that a run that was stopped can be
  /// taken up, and nobody else's images are written over.
  private func claim(_ folder: String, _ list: String, _ text: [UInt8]) throws {
    let disk = Disk()
    if disk.kind(of: list) != nil {
      let source = try FileSource(list)
      guard source.size == text.count, try source.bytes(at: 0, count: source.size) == text else {
        throw Fault(
          .file, "\(folder.quoted) holds another data set, which stays as it is",
          remedy: "choose another folder, or remove this one first")
      }
      return
    }
    for number in 0..<count {
      for path in [name(number, "imagesTr"), name(number, "labelsTr")] {
        let path = PathName.normalized(PathName.join(folder, path))
        guard disk.kind(of: path) == nil else {
          throw Fault(.file, "\(path.quoted) is there already and stays as it is")
        }
      }
    }
    do {
      for part in ["imagesTr", "labelsTr"] { try disk.makeFolder(PathName.join(folder, part)) }
    } catch { throw error.writing(folder) }
    try AtomicFile.write(text, to: list)
  }

  private func name(_ number: Int, _ folder: String) -> String {
    "./\(folder)/spleen_\(number < 10 ? "0" : "")\(number).nii.gz"
  }

  private var description: ValueDictionary {
    let items = (0..<count).map { number -> Value in
      .dict([
        "image": .string(name(number, "imagesTr")), "label": .string(name(number, "labelsTr")),
      ])
    }
    let training = count - validation
    let size = shape.map(String.init).joined(separator: "x")
    return [
      "name": .string("SyntheticSpleen"),
      "description": .string("synthetic CT, \(size) voxels, seed \(seed)"),
      "tensorImageSize": .string("3D"), "modality": .dict(["0": .string("CT")]),
      "labels": .dict(
        ValueDictionary(
          (["background"] + SyntheticVolume.labelNames.prefix(labels)).enumerated().map {
            (String($0), .string($1))
          })),
      "numTraining": .int(training), "numTest": .int(0),
      "training": .list(Array(items[..<training])), "validation": .list(Array(items[training...])),
      "test": .list([]),
    ]
  }

  private func writeVolume(_ number: Int, to folder: String) throws -> [String] {
    let paths = ["imagesTr", "labelsTr"].map {
      PathName.normalized(PathName.join(folder, name(number, $0)))
    }
    if try paths.allSatisfy(isThere) { return [] }
    let volume = SyntheticVolume(shape: shape, labels: labels, seed: seed, number: number)
    var rows = Affine.identity.rows
    for axis in 0..<3 { rows[axis][axis] = Self.spacing[axis] }
    let affine = Affine(rows: rows)
    try NIfTI.write(shape: shape, element: .int16, affine: affine, to: paths[0]) {
      volume.drawImage(into: $0.bindMemory(to: Int16.self))
    }
    try NIfTI.write(shape: shape, element: .uint8, affine: affine, to: paths[1]) {
      volume.drawLabel(into: $0.bindMemory(to: UInt8.self))
    }
    return paths
  }

  private func isThere(_ path: String) throws -> Bool {
    guard Disk().kind(of: path) != nil else { return false }
    return try NIfTI.readHeader(path).shape == shape
  }
}
