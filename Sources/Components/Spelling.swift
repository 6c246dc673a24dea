/// Finds the name somebody probably meant.
public enum Spelling {
  /// The closest of `known`, or nil when none is near: at most a third of the letters may differ.
  ///
  /// Letter case counts for little, and a known name that begins with what was typed is near.
  public static func nearest(to name: String, among known: some Sequence<String>) -> String? {
    guard !name.isEmpty, name.utf8.count <= 128 else { return nil }
    let typed = Array(name.lowercased().unicodeScalars)
    let allowed = max(1, typed.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in known where candidate != name {
      let letters = Array(candidate.lowercased().unicodeScalars)
      let isPrefix = typed.count >= 4 && letters.starts(with: typed)
      let far = allowed + 1
      let apart = Self.distance(typed, letters, giveUpAt: far)
      let distance = isPrefix ? min(apart, allowed) : apart
      if distance <= allowed, distance < best?.distance ?? far { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Edit distance with neighbouring swaps counted once (optimal string alignment).
  static func distance(
    _ a: [Unicode.Scalar], _ b: [Unicode.Scalar], giveUpAt limit: Int
  ) -> Int {
    if abs(a.count - b.count) >= limit { return limit }
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in b.indices {
        var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      // What follows is no nearer: a swap costs one more than what was two rows before.
      if row.allSatisfy({ $0 >= limit }) { return limit }
      (beforeLast, last) = (last, row)
    }
    return min(last[b.count], limit)
  }
}
