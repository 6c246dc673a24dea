import Components
import Session

/// What outputs are in a message.
extension RichOutput {
  var content: ValueDictionary { ["data": .dict(mimeBundle), "metadata": .dict([:])] }
}

extension CellError {
  var content: ValueDictionary {
    let lines = traceback.split(separator: "\n", omittingEmptySubsequences: false)
    return [
      "ename": .string(name), "evalue": .string(value),
      "traceback": .list(lines.map { .string(String($0)) }),
    ]
  }

  /// The same as a reply.
  var reply: ValueDictionary {
    var reply = content
    reply["status"] = .string("error")
    return reply
  }
}
