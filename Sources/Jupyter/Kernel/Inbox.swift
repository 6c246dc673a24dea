import Dispatch
import Synchronization

/// What one thread puts down for another to take, in order.
final class Inbox<Item: Sendable>: Sendable {
  private struct State: Sendable {
    var items: [Item] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Counts at least the items; those taken out of turn leave a count too many.
  private let count = DispatchSemaphore(value: 0)

  func put(_ item: Item) {
    state.withLock { $0.items.append(item) }
    count.signal()
  }

  /// Waits for an item; nil once the inbox is closed.
  func take() -> Item? {
    while true {
      count.wait()
      switch next() {
      case .item(let item): return item
      case .closed: return nil
      case .empty: continue
      }
    }
  }

  /// Waits for an item at most so long.
  func take(within patience: DispatchTimeInterval) -> Item? {
    guard count.wait(timeout: .now() + patience) == .success, case .item(let item) = next() else {
      return nil
    }
    return item
  }

  /// Takes out of turn what there is now.
  func remove(where isWanted: (Item) -> Bool) -> [Item] {
    state.withLock { state in
      let removed = state.items.filter(isWanted)
      state.items.removeAll(where: isWanted)
      return removed
    }
  }

  /// Whoever waits, and whoever comes to take, gets nothing from now on.
  func close() {
    state.withLock { $0.isClosed = true }
    count.signal()
  }

  private enum Next { case item(Item), closed, empty }

  private func next() -> Next {
    state.withLock { state in
      if state.isClosed { return .closed }
      return state.items.isEmpty ? .empty : .item(state.items.removeFirst())
    }
  }
}
