import Components
import TestSupport
import Testing

@testable import Engine

@Suite struct MetricsSaverTests {
  static func handler(
    _ folder: String, _ change: (inout MetricsSaver) -> Void = { _ in }
  ) -> any Handler {
    var arguments = MetricsSaver()
    arguments.saveDir = PathArgument(folder)
    change(&arguments)
    return MetricsSaver.Live(arguments)
  }

  static func text(_ folder: TemporaryFolder, _ name: String) throws -> String {
    String(decoding: try folder.read(name), as: UTF8.self)
  }

  @Test func operationsAreLookedAtBeforeCasesAre() throws {
    let fault = try #require(throws: Fault.self) {
      try MetricsSaver.make([
        "save_dir": .string("a"), "summary_ops": .list([.string("mean"), .string("notnan")]),
      ])
    }
    #expect(fault.argument == ["summary_ops"] && fault.suggestion == "notnans")
  }

  /// `metrics.csv` as MONAI 0.8.1 wrote it for this training (see WorkflowLogTests).
  @Test func overallValuesAreMONAIs() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(
      evaluatorHandlers: { _ in [Self.handler(folder.path)] },
      handlers: { [$0.lrSchedule, $0.validation($1)] })
    try training.trainer.run()
    let lines = try Self.text(folder, "metrics.csv").split(separator: "\n")
    #expect(lines.map { $0.prefix(15) } == ["val_score,1.233", "val_again,1.233"])
    #expect(try folder.names() == ["metrics.csv"])
  }

  @Test func valuesByCaseCarryTheFileNames() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(evaluatorHandlers: { _ in
      [
        Self.handler(folder.path) {
          $0.metrics = .one("val_again")
          $0.metricDetails = .many(["val_score"])
          $0.batchTransform = FunctionArgument(fromEngine(["image_meta_dict"]))
          $0.summaryOps = .one("*")
        }
      ]
    })
    try training.evaluator.run()
    // |w·x + b - (2x + 1)| of x = 1, 5, 2 at w = 0.5, b = 0.25
    #expect(
      try Self.text(folder, "val_score_raw.csv") == """
        filename,class0,mean
        data/case_0.nii.gz,2.25,2.25
        data/case_1.nii.gz,8.25,8.25
        data/case_2.nii.gz,3.75,3.75

        """)
    #expect(
      try Self.text(folder, "val_score_summary.csv") == """
        class,mean,median,max,min,90percentile,std,notnans
        class0,4.7500,3.7500,8.2500,2.2500,7.3500,2.5495,3.0000
        mean,4.7500,3.7500,8.2500,2.2500,7.3500,2.5495,3.0000

        """)
    #expect(try Self.text(folder, "metrics.csv") == "val_again,4.75\n")
  }

  @Test func withoutATransformTheImageNamesTheCase() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(evaluatorHandlers: { _ in
      [
        Self.handler(folder.path) {
          $0.metricDetails = .one("*")
          $0.delimiter = "\t"
        }
      ]
    })
    try training.evaluator.run()
    #expect(
      try Self.text(folder, "val_again_raw.csv").hasPrefix(
        "filename\tclass0\tmean\ndata/case_0.nii.gz\t2.25\t2.25\n"))
    #expect(
      try folder.names() == ["metrics.csv", "val_again_raw.csv", "val_score_raw.csv"])
  }

  @Test func aTransformWithoutMetadataSaysWhatToWrite() throws {
    let folder = try TemporaryFolder()
    let training = try ToyTraining(evaluatorHandlers: { _ in
      [
        Self.handler(folder.path) {
          $0.metricDetails = .one("*")
          $0.batchTransform = FunctionArgument(NativeFunction("f") { _, _ in .int(3) })
        }
      ]
    })
    let fault = #expect(throws: Fault.self) { try training.evaluator.run() }
    #expect(fault?.message == "batch_transform gave no metadata")
  }

  static let mistakes: [(arguments: ValueDictionary, message: String)] = [
    (["save_dir": .string("")], "save_dir is empty"),
    (["save_dir": .string("a"), "output_type": .string("json")], "output_type is unknown"),
    (
      ["save_dir": .string("a"), "save_rank": .int(1)],
      "save_rank is greater than the number of processes"
    ),
  ]

  @Test(arguments: mistakes.indices)
  func badArguments(index: Int) {
    let (arguments, message) = Self.mistakes[index]
    let fault = #expect(throws: Fault.self) { _ = try MetricsSaver.make(arguments) }
    #expect(fault?.message == message)
  }
}
