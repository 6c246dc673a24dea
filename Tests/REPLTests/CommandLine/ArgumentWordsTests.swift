import Testing

@testable import REPL

@Suite struct ArgumentWordsTests {
  private func regular(_ line: String) -> String {
    ArgumentWords.regular(line.split(separator: " ").map(String.init)).joined(separator: " ")
  }

  @Test(arguments: [
    ("train --set a=1 b=2", "train --set=a=1 --set=b=2"),
    ("train --set a=1 --threads 2 c=3", "train --set=a=1 --threads 2 --set=c=3"),
    (
      "train --set print_conf=True epochs=2 --set x=3",
      "train --set=print_conf=True --set=epochs=2 --set=x=3"
    ),
    ("train --set a=1 a=2", "train --set=a=1 --set=a=2"),
    ("train --set", "train"),
    ("train --set x=a=b", "train --set=x=a=b"),
    ("train --set=a=1 --dry-run", "train --set=a=1 --dry-run"),
    ("--set a=1 examples/spleen", "--set=a=1 examples/spleen"),
    ("--set a=1 -c b=2", "--set=a=1 -c b=2"),
    ("-c a=1", "-c a=1"),
    ("x=1 --set", "x=1"),
    ("train --set a=1 -- b=2", "train --set=a=1 -- b=2"),
  ])
  func setTakesEveryAssignmentAfterIt(words: String, expected: String) {
    #expect(regular(words) == expected)
  }

  @Test(arguments: [
    ("train --resume", "train --resume=@newest"),
    ("train --resume --run x", "train --resume=@newest --run x"),
    ("train --resume models/model.pt --run x", "train --resume=models/model.pt --run x"),
    ("train --set a=1 --resume b=2", "train --set=a=1 --resume=@newest --set=b=2"),
  ])
  func resumeTakesAFileOrNothing(words: String, expected: String) {
    #expect(regular(words) == expected)
  }
}
