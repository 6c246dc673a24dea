import Engine

/// What `etude bench` prints: the limits of this machine, on one thread and on all.
public struct RooflineReport: Sendable {
  let limits: [Roofline]

  /// - Parameter threads: nil takes as many as the process may use.
  public static func measure(threads: Int?) -> RooflineReport {
    let all = threads ?? ComputeThreads.count
    return RooflineReport(limits: (all > 1 ? [1, all] : [1]).map { Roofline.measure(threads: $0) })
  }

  /// Aligned columns.
  public var text: String {
    Table(
      limits.map { limit in
        [
          "\(limit.threads)", "\(Self.billions(limit.floatRate)) GFLOP/s",
          limit.halfRate.map { "\(Self.billions($0)) GFLOP/s" } ?? "not here",
          "\(Self.billions(limit.bandwidth)) GB/s",
        ]
      }, head: ["threads", "float32", "bfloat16", "memory"], right: [0, 1, 2, 3]
    ).text()
  }

  /// One line; rates a second, null where the processor has no bfloat16.
  public var json: String {
    let entries = limits.map { limit in
      "{\"threads\": \(limit.threads), \"float32\": \(limit.floatRate), "
        + "\"bfloat16\": \(limit.halfRate.map { "\($0)" } ?? "null"), "
        + "\"memory\": \(limit.bandwidth)}"
    }
    return "[\(entries.joined(separator: ", "))]"
  }

  private static func billions(_ rate: Double) -> String { "\(Int((rate / 1e9).rounded()))" }
}
