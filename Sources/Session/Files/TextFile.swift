import Engine

/// Writes texts so that a name always stands for a whole file.
public enum TextFile {
  public static func write(_ text: String, to path: String) throws {
    try AtomicFile.write(Array(text.utf8), to: path)
  }
}
