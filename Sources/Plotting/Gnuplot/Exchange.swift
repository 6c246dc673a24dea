import Glibc

/// Writing and reading at once, so that neither side waits for the other with a full pipe.
struct Exchange {
  /// -1 once it is closed.
  private var toChild: Int32
  private var fromChild: [Int32]
  /// Standard output and standard error so far.
  private(set) var received: [[UInt8]] = [[], []]

  init(toChild: Int32, fromChild: [Int32]) {
    (self.toChild, self.fromChild) = (toChild, fromChild)
    _ = fcntl(toChild, F_SETFL, O_NONBLOCK)
  }

  /// Whether the child has closed both of its outputs, or ended.
  var isOver: Bool { fromChild.allSatisfy { $0 < 0 } }

  mutating func forget() { received = [[], []] }

  /// - Parameters:
  ///   - isLast: whether the child's input ends with `input`.
  ///   - isDone: whether the child has answered; it may also close its outputs.
  /// - Returns: False when so many seconds passed first.
  mutating func run(
    sending input: [UInt8], isLast: Bool, for seconds: Double, _ isDone: (Exchange) -> Bool
  ) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var written = 0
    while !isOver && !isDone(self) {
      if isLast, written == input.count { closeInput() }
      let isWriting = toChild >= 0 && written < input.count
      var watched = [
        pollfd(fd: isWriting ? toChild : -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: fromChild[0], events: Int16(POLLIN), revents: 0),
        pollfd(fd: fromChild[1], events: Int16(POLLIN), revents: 0),
      ]
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return false }
      if poll(&watched, 3, Int32(left.rounded(.up))) < 0 && errno != EINTR { return false }
      if watched[0].revents != 0 { writeSome(input, &written) }
      for index in 0..<2 where watched[index + 1].revents != 0 { readSome(index) }
    }
    return true
  }

  mutating func closeInput() {
    if toChild >= 0 { Glibc.close(toChild) }
    toChild = -1
  }

  mutating func close() {
    closeInput()
    for index in 0..<2 where fromChild[index] >= 0 {
      Glibc.close(fromChild[index])
      fromChild[index] = -1
    }
  }

  private mutating func writeSome(_ input: [UInt8], _ written: inout Int) {
    let start = written
    let count = input.withUnsafeBytes { bytes in
      send(toChild, bytes.baseAddress.map { $0 + start }, bytes.count - start, Int32(MSG_NOSIGNAL))
    }
    if count > 0 { written += count }
    if count < 0 && errno != EAGAIN && errno != EINTR { closeInput() }
  }

  private mutating func readSome(_ index: Int) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(fromChild[index], &buffer, buffer.count)
    if count > 0 {
      received[index] += buffer[..<count]
    } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
      Glibc.close(fromChild[index])
      fromChild[index] = -1
    }
  }
}
