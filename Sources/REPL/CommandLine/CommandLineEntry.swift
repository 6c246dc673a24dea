import ArgumentParser
import Components
import Glibc

/// From the words of the command line to the exit status: 0 done, 1 error in script, config or
/// data, 2 usage or parse, 128 + n after a signal.
enum CommandLineEntry {
  static func run(_ words: [String]) -> Int32 {
    do {
      // One line of code is run from scripts in loops; the parser would take a third of its time.
      if words.count == 2, words[0] == "-c" {
        try PromptRun(code: words[1]).run()
        return 0
      }
      var command = try EtudeCommand.parseAsRoot(ArgumentWords.regular(words))
      try command.run()
      return 0
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      return report(error)
    }
  }

  /// Help goes to stdout; what was typed wrongly to stderr, with status 2.
  private static func report(_ error: any Error) -> Int32 {
    let message = EtudeCommand.fullMessage(for: error)
    let status = status(of: error)
    TerminalSink.write(status == 0 ? STDOUT_FILENO : STDERR_FILENO, message + "\n")
    return status
  }

  /// The parser throws its answers (help, version) as it throws its complaints.
  static func status(of error: any Error) -> Int32 {
    EtudeCommand.exitCode(for: error).isSuccess ? 0 : 2
  }
}
