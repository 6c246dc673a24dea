import Foundation

/// The ratios of a table as bars on a logarithmic axis, each with the mark it must stay below.
struct RatioPicture {
  private let entries: [Table.Entry]

  init(_ table: Table) { entries = table.entries.filter { $0.ratio != nil } }

  /// Draws an SVG with gnuplot.
  func write(to file: String) throws {
    let script = file + ".gnuplot"
    try self.script(file).write(toFile: script, atomically: true, encoding: .utf8)
    _ = try Command(["/usr/bin/env", "gnuplot", script]).run()
    try FileManager.default.removeItem(atPath: script)
  }

  private func script(_ file: String) -> String {
    let count = entries.count
    let bars = entries.enumerated().map { "\($1.ratio ?? 0) \(count - $0)" }
    let goals = entries.enumerated().compactMap { index, entry in
      entry.goal.map { "\($0) \(count - index)" }
    }
    let names = entries.enumerated().map { "\"\($1.title)\" \(count - $0)" }
    return """
      set terminal svg size 900,\(120 + 26 * count) font "DejaVu Sans,12" background "#ffffff"
      set output "\(file)"
      set encoding utf8
      set logscale x
      set xrange [0.001:2]
      set yrange [0.4:\(count).6]
      set format x "%g"
      set xlabel "time, or memory, as a share of the peer's"
      set ytics (\(names.joined(separator: ", "))) scale 0
      set grid xtics linecolor rgb "#e4e4e4"
      set border 3 linecolor rgb "#8c8c8c"
      set tics nomirror textcolor rgb "#222222"
      set arrow from 1, graph 0 to 1, graph 1 nohead linecolor rgb "#222222" dashtype 2
      set key above left textcolor rgb "#222222"
      $bars << EOD
      \(bars.joined(separator: "\n"))
      EOD
      $goals << EOD
      \(goals.joined(separator: "\n"))
      EOD
      plot $bars using 1:2:(0.001):1:($2-0.3):($2+0.3) with boxxyerror fillstyle solid noborder \\
        linecolor rgb "#0072b2" title "ours", \\
        $goals using 1:2:(0):(0.4) with vectors nohead linewidth 3 linecolor rgb "#d55e00" notitle, \\
        $goals using 1:2:(0):(-0.4) with vectors nohead linewidth 3 linecolor rgb "#d55e00" \\
        title "must stay below"

      """
  }
}
