/// Ids that depend on nothing but what a cell says, so that a notebook made twice is the same.
enum CellIdentity {
  /// Gives an id to each cell without one, or with one that is not allowed or taken.
  static func complete(_ notebook: inout Notebook) {
    var taken: Set<String> = []
    for index in notebook.cells.indices where isValid(notebook.cells[index].id) {
      if !taken.insert(notebook.cells[index].id).inserted { notebook.cells[index].id = "" }
    }
    for index in notebook.cells.indices where !isValid(notebook.cells[index].id) {
      let cell = notebook.cells[index]
      var id = digest(cell.kind.rawValue + "\n" + cell.source)
      var count = 1
      // The same text again.
      while !taken.insert(id).inserted {
        count += 1
        id = digest("\(count)\n" + cell.kind.rawValue + "\n" + cell.source)
      }
      notebook.cells[index].id = id
    }
  }

  static func isValid(_ id: String) -> Bool {
    1...64 ~= id.utf8.count
      && id.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// 16 digits: FNV-1a, which any version of the program computes alike.
  private static func digest(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
