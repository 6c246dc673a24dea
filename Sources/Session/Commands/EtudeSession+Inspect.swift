import Components
import Engine
import Script

/// `etude inspect`: what is in a checkpoint.
extension EtudeSession {
  /// Reads the whole file, so that every checksum in it is compared, and prints its tree.
  ///
  /// - Throws: what is wrong with the file: not there, not a checkpoint, damaged.
  public static func inspect(_ file: String, output: any OutputSink) throws {
    if ConfigFile.kind(of: file) == nil {
      throw Fault(.file, "there is no file \(file.quoted)", wanted: "a checkpoint (.pt)")
    }
    let outline = CheckpointOutline(try Checkpoint.read(file))
    for line in outline.lines { output.write(line, to: .result) }
    let tensors = CheckpointOutline.count(outline.tensorCount, "tensor", "tensors")
    output.write("\(file): whole; \(outline.elementCount) numbers in \(tensors)", to: .note)
  }
}

extension EtudeSession {
  /// Writes a text file, whole or not at all.
  public static func write(_ text: String, to path: String) throws {
    try AtomicFile.write(Array(text.utf8), to: path)
  }
}
