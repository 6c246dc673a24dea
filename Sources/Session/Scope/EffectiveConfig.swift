import Components
import Engine
import Script

/// `@conf`: the config of the session as it is whenever it is read, so that a checkpoint written after a
/// change holds the changed one.
///
/// Invariant: read by the session's thread; weak, because what is built from it belongs to the session.
final class EffectiveConfig: Stateful, HasIndex {
  private let read: @Sendable () -> ValueDictionary

  init(_ session: EtudeSession) {
    read = { [weak session] in
      guard case .dict(let entries)? = session?.bindings.effectiveConfig.value else { return [:] }
      return entries
    }
  }

  var kind: String { "config" }
  var summary: String { Value.dict(read()).description }
  var count: Int? { read().count }

  func element(at index: Value) throws -> Value {
    let (key, entries) = (try String(argument: index), read())
    guard let value = entries[key] else {
      throw Fault.unknown("entry of the config", key, among: entries.keys)
    }
    return value
  }

  func state() -> StateValue { StateValue(Value.dict(read())) }

  /// A config in a checkpoint is there to be read; nothing is loaded into the session.
  func adopt(_ state: StateValue, strict: Bool) -> [String] { [] }
}
