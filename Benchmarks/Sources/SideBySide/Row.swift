/// One piece of work, how each side does it, and what is asked of us.
struct Row {
  /// For `--only`.
  let name: String
  let ours: Command
  /// The peer as it comes first, then with settings that make it faster.
  let peers: [Peer]
  /// How many times a process is started in one round.
  var starts = 1
  let lines: [Line]

  struct Peer {
    let label: String
    let command: Command
    /// Takes minutes to get going: measured in the first round only.
    var isSlow = false

    init(_ label: String, _ command: Command, isSlow: Bool = false) {
      (self.label, self.command, self.isSlow) = (label, command, isSlow)
    }
  }

  /// One line of the table: a figure that the work's report holds.
  struct Line {
    let title: String
    let figure: Figure
    /// What the ratio to the peer must not exceed, and whether it is the peer's best that counts.
    let goal: Double
    var isAgainstBest = false
    /// Seconds that the roofline allows.
    var limit: Double?
  }

  enum Figure {
    /// Seconds under this name in the report of both sides.
    case time(String)
    case times(ours: String, peer: String)
    /// MiB.
    case peak
    /// Of the whole process, in seconds.
    case process
  }
}

/// The medians of one row's rounds.
struct Result {
  let row: Row
  let ours: [Measured]
  let peers: [(label: String, rounds: [Measured])]
}

/// One run of one side.
struct Measured {
  var seconds: Double
  var others: Double
  var times: [String: Double]
  var peakMiB: Double

  func value(_ figure: Row.Figure, isOurs: Bool) -> Double? {
    switch figure {
    case .time(let name): times[name]
    case .times(let ours, let peer): times[isOurs ? ours : peer]
    case .peak: peakMiB
    case .process: seconds
    }
  }
}
