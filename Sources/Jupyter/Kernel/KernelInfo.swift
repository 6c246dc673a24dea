import Components

/// Who the kernel is and what it speaks.
enum KernelInfo {
  static func content(version: String) -> ValueDictionary {
    [
      "status": .string("ok"), "protocol_version": .string(Composer.protocolVersion),
      "implementation": .string("etude"), "implementation_version": .string(version),
      "banner": .string("Étude \(version): Clara Train configs without Python. help() is a tour."),
      "language_info": .dict([
        "name": .string("etude"), "version": .string(version),
        "mimetype": .string("text/x-etude"), "file_extension": .string(".etude"),
        // The lexer is that of editors/pygments; CodeMirror's mode for Python is near enough.
        "pygments_lexer": .string("etude"), "codemirror_mode": .string("python"),
        "nbconvert_exporter": .string("script"),
      ]),
      "debugger": .bool(false), "supported_features": .list([.string("kernel subshells")]),
      "help_links": .list([]),
    ]
  }
}
