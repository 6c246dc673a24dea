import Components
import Testing

@testable import Session

/// Lines that bind, change and delete, as a session takes them.
@Suite struct AssignmentTests {
  @Test func aLoopReadsWhatItsLastRoundBound() throws {
    let session = try SessionUnderTest(
      running: """
        total = 0; squares = []
        for i in range(5):
            total += i
            squares += [i * i]
            last = total
        """)
    #expect(try session.shows("total, squares, last") == "(10, [0, 1, 4, 9, 16], 10)")
  }

  @Test func elementsOfPlainDataAreValues() throws {
    let session = try SessionUnderTest(
      running: """
        x = 1; results = {}
        results["a"] = x
        results["b"] = rand(2)
        x = 2
        """)
    #expect(try session.shows("results[\"a\"]") == "1")
    let drawn = try session.shows("results[\"b\"].tolist()")
    #expect(try session.shows("results[\"b\"].tolist()") == drawn)
    try session.run("xs = [[1, 2], [3]]\nxs[0][1] = 9")
    #expect(try session.shows("xs") == "[[1, 9], [3]]")
    #expect(try session.fault("xs[5] = 1").message == "there is no item 5")
  }

  @Test func namesSideBySideAreLinesOfTheirOwn() throws {
    let session = try SessionUnderTest(running: "loss, epochs = DiceLoss(softmax=True), 5")
    #expect(try session.shows("train.loss") == "DiceLoss(softmax=True)")
    #expect(try session.shows("epochs") == "5")
    try session.run("a, b = 1, 2; a, b = b, a")
    #expect(try session.shows("a, b") == "(2, 1)")
    #expect(
      try session.fault("a, loss = 7, DiceLoss(softmacks=True)").suggestion == "softmax")
    #expect(try session.shows("a") == "2")
  }

  @Test func theLastValueIsBoundAsItIsNow() throws {
    let session = try SessionUnderTest(running: "3 + 4\nx = _ * 2\n100")
    #expect(try session.shows("x, _") == "(14, 100)")
  }

  @Test func partsOfDeclarationsAreRead() throws {
    let session = try SessionUnderTest(
      running: """
        DIR = "models"; lr = 0.1
        handlers = [
          StatsHandler(tag_name="a"),
          CheckpointSaver(save_dir="{DIR}/x", save_dict={}, save_final=True),
        ]
        optimizer = SGD(params=[], lr=<lr>)
        """)
    #expect(try session.shows("train.handlers[1].save_dir") == "\"{DIR}/x\"\n→ 'models/x'")
    #expect(try session.shows("train.handlers.StatsHandler.tag_name") == "'a'")
    #expect(
      try session.shows("len(train.handlers), [h.kind for h in [1]] if False else 0") == "(2, 0)")
    #expect(try session.shows("train.optimizer.lr") == "<lr>\n→ 0.1")
    #expect(try session.shows("train.optimizer.lr * 2") == "0.2")
    #expect(try session.shows("train.handlers[0]") == "StatsHandler(tag_name=\"a\")")
    #expect(try session.fault("train.handlers[7]").message.contains("2 entries"))
    #expect(try session.fault("train.optimizer.lrr").suggestion == "lr")
    try session.run("train.optimizer.lr *= 3\nlr = 1.0")
    #expect(try session.shows("train.optimizer") == "SGD(params=[], lr=<lr> * 3)")
  }

  @Test func listsOfComponentsTakeListsAndPlaces() throws {
    let session = try SessionUnderTest(running: "pre_transforms = [LoadImaged(keys=\"image\")]")
    let fault = try session.fault("train.pre_transforms += ToTensord(keys=\"image\")")
    #expect(fault.remedy == "train.pre_transforms += [ToTensord(keys=\"image\")]")
    try session.run("train.pre_transforms += [ToTensord(keys=\"image\")]")
    try session.run("insert(train.pre_transforms, 1, AddChanneld(keys=\"image\"))")
    #expect(try session.shows("@pre_transforms") == "LoadImaged → AddChanneld → ToTensord")
    try session.run("xs = list(range(3)); insert(xs, 0, 9); insert(xs, -1, 8)")
    #expect(try session.shows("xs") == "[9, 0, 1, 8, 2]")
    #expect(
      try session.fault("insert(train.pre_transforms, 1, AddChanneld(kees=\"image\"))").suggestion
        == "keys")
    #expect(try session.fault("insert(train.pre_transforms, 1)").kind == .usage)
    #expect(try session.fault("insert(DIR, 1, 2)").kind == .unknownName)
  }

  @Test(arguments: [
    ("@optimizer.lr = 3", "a built object is not assigned to; change its declaration"),
    ("show = 3", "show is the name of a built-in"),
    ("x.y = 3", "nothing is called 'x'"),
    ("del nothing", "nothing is called 'nothing'"),
    ("train = 3", "train as a whole cannot be assigned"),
  ])
  func refusals(line: String, message: String) throws {
    let session = try SessionUnderTest(running: "optimizer = SGD(params=[], lr=1)")
    #expect(try session.fault(line).message == message)
  }

  @Test func boundsAreRaisedByALine() throws {
    let session = try SessionUnderTest(running: "limits(steps=2000, elements=500)")
    #expect(try session.fault("sum(range(10000))").remedy == "limits(elements=10000)")
    #expect(
      try session.fault("for i in range(400):\n    sum(range(100))").remedy == "limits(steps=20000)"
    )
    try session.run("limits(steps=1000000, elements=100000)")
    #expect(try session.shows("sum(range(10000))") == "49995000")
    #expect(try session.fault("limits(steps=0)").kind == .outOfRange)
  }
}
