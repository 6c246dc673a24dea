import Components
import Engine

/// Cases of a data set picked by number or by name.
struct CaseChoice {
  /// Indices into the data set, in the order named.
  let places: [Int]

  /// - Throws: for a number or a name that there is none of, with the nearest name.
  init(_ wanted: [Either<Int, String>], of dataset: any Dataset) throws(Fault) {
    guard !wanted.isEmpty else {
      throw Fault(.invalid, "cases is empty", wanted: "numbers or names", argument: ["cases"])
    }
    var places: [Int] = []
    for choice in wanted {
      switch choice {
      case .first(let number): places.append(try Self.place(number, of: dataset))
      case .second(let name): places.append(try Self.place(name, of: dataset))
      }
    }
    self.places = places
  }

  /// A number counts from 0, or from the end when it is negative.
  private static func place(_ number: Int, of dataset: any Dataset) throws(Fault) -> Int {
    let place = number < 0 ? number + dataset.caseCount : number
    guard 0..<dataset.caseCount ~= place else {
      throw Fault(
        .outOfRange, "the data set has \(dataset.caseCount) cases", got: "case \(number)",
        wanted: "0 to \(dataset.caseCount - 1)", argument: ["cases"])
    }
    return place
  }

  /// A name is that of the image's file, with or without its ending.
  private static func place(_ name: String, of dataset: any Dataset) throws(Fault) -> Int {
    let names = (0..<dataset.caseCount).map { Self.name(of: dataset.listed(at: $0)) }
    let found = names.indices.filter { names[$0] == PathName.stem(of: name) }
    guard let first = found.first else {
      throw Fault(
        .unknownName, "no case is called \(name.quoted)",
        suggestion: Spelling.nearest(to: PathName.stem(of: name), among: names),
        argument: ["cases"],
        notes: [
          "there are \(names.prefix(5).joined(separator: ", "))" + (names.count > 5 ? ", …" : "")
        ])
    }
    guard found.count == 1 else {
      throw Fault(
        .invalid, "\(found.count) cases are called \(name.quoted)", remedy: "cases=\(found)",
        argument: ["cases"])
    }
    return first
  }

  /// The name of the case's image file, without folder and ending.
  static func name(of sample: Sample) -> String {
    sample.fileName("image").map(PathName.stem(of:)) ?? ""
  }
}
