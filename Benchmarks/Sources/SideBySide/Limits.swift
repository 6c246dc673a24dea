import Foundation

/// What the machine allows on two threads, as `etude bench` measures it.
struct Limits {
  /// A second.
  let floatOperations: Double
  let halfOperations: Double?
  let bytes: Double

  private struct Entry: Decodable {
    let threads: Int
    let float32: Double
    let bfloat16: Double?
    let memory: Double
  }

  init(etude: String) throws {
    let text = try Command([etude, "bench", "--json", "--threads", "2"]).run().output
    let entries = try JSONDecoder().decode([Entry].self, from: Data(text.utf8))
    guard let entry = entries.last else { throw Failure("etude bench measured nothing") }
    (floatOperations, halfOperations, bytes) = (entry.float32, entry.bfloat16, entry.memory)
  }
}
