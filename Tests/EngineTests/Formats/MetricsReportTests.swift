import Components
import Testing

@testable import Engine

@Suite struct MetricsReportTests {
  private func text(_ folder: TemporaryFolder, _ name: String) throws -> String {
    String(decoding: try folder.read(name), as: UTF8.self)
  }

  @Test func overallValuesAreOneLineEach() throws {
    let folder = try TemporaryFolder()
    try MetricsReport(folder: folder.file("eval")).write(metrics: [
      ("val_mean_dice", 0.5143107771873474), ("loss", 1), ("bad", .nan), ("tiny", 1.5e-7),
    ])
    #expect(
      try text(folder, "eval/metrics.csv")
        == "val_mean_dice,0.5143107771873474\nloss,1.0\nbad,nan\ntiny,1.5e-07\n")
  }

  /// Written by MONAI 0.8.1's `write_metrics_reports` for the same values.
  @Test func tablesAreThoseOfMONAI() throws {
    let folder = try TemporaryFolder()
    let values = Tensor([0.8, 2.0 / 3, 1, .nan, 0.25, 0.1] as [Float], shape: [3, 2])
    let report = MetricsReport(folder: folder.path, delimiter: "\t")
    try report.write(raw: "dice", values: values, images: ["/a/x.nii.gz", "b", "c d"])
    try report.write(summary: "dice", values: values, operations: ["*"])
    #expect(
      try text(folder, "dice_raw.csv")
        == String(decoding: try Fixture.bytes("dice_raw.csv"), as: UTF8.self))
    #expect(
      try text(folder, "dice_summary.csv")
        == String(decoding: try Fixture.bytes("dice_summary.csv"), as: UTF8.self))
  }

  /// The files of MetricsSaver itself; only the name with a comma is quoted here.
  @Test func filesAreThoseOfMetricsSaver() throws {
    let reference = try SafeTensors.read(Fixture.parityPath("metrics.safetensors"))
    let names = try #require(reference.metadata["cases"])
    let list = try JSONFile.value(of: Array(names.utf8), source: "cases")
    let cases = try #require(list.elements).compactMap { name -> String? in
      if case .string(let text) = name { text } else { nil }
    }
    for (folder, set, operations, delimiter) in [
      ("seed", "with_background", ["*"], ","),
      ("tabs", "without_background", ["mean", "5percentile", "notnans", "max"], "\t"),
    ] {
      let values = try #require(reference["three_classes/\(set)/raw"])
      let target = try TemporaryFolder()
      let report = MetricsReport(folder: target.path, delimiter: delimiter)
      try report.write(raw: "val_mean_dice", values: values, images: cases)
      try report.write(summary: "val_mean_dice", values: values, operations: operations)
      for name in ["val_mean_dice_raw.csv", "val_mean_dice_summary.csv"] {
        let expected = String(
          decoding: try Fixture.parityBytes("metrics_saver/\(folder)/\(name)"), as: UTF8.self)
        let own = try text(target, name).filter { $0 != "\"" }
        #expect(own == expected, "\(folder)/\(name)")
      }
    }
  }

  @Test func namesOperationsAndShapesAreTheUsers() throws {
    let folder = try TemporaryFolder()
    let report = MetricsReport(folder: folder.path)
    let values = Tensor([4.0, 1, 3, 2] as [Double], shape: [4])
    try report.write(raw: "m", values: values, labels: ["spleen"])
    #expect(
      try text(folder, "m_raw.csv")
        == "filename,spleen,mean\n0,4.0,4.0\n1,1.0,1.0\n2,3.0,3.0\n3,2.0,2.0\n")
    try report.write(
      summary: "m", values: values, operations: ["25percentile", "std", "notnans", "0percentile"])
    #expect(
      try text(folder, "m_summary.csv")
        == "class,25percentile,std,notnans,0percentile\nclass0,1.7500,1.1180,4.0000,1.0000\n"
        + "mean,1.7500,1.1180,4.0000,1.0000\n")
    try report.write(raw: "one", values: Tensor(scalar: .nan), images: ["a,b \"c\""])
    #expect(try text(folder, "one_raw.csv") == "filename,class0,mean\n\"a,b \"\"c\"\"\",nan,nan\n")
    try report.write(summary: "one", values: Tensor(scalar: .nan), operations: ["max", "notnans"])
    #expect(try text(folder, "one_summary.csv").contains("mean,nan,0.0000"))
  }

  @Test func mistakesAreNamed() throws {
    let report = MetricsReport(folder: "/nowhere")
    let values = Tensor(zeros: [2, 2])
    let misspelt = try #require(throws: Fault.self) {
      try report.write(summary: "m", values: values, operations: ["meen"])
    }
    #expect(misspelt.suggestion == "mean")
    for operation in ["101percentile", "-1percentile", "xpercentile"] {
      #expect(throws: Fault.self) {
        try report.write(summary: "m", values: values, operations: [operation])
      }
    }
    #expect(throws: Fault.self) { try report.write(raw: "m", values: values, images: ["a"]) }
    #expect(throws: Fault.self) { try report.write(raw: "m", values: values, labels: ["a"]) }
    #expect(throws: Fault.self) { try report.write(raw: "m", values: Tensor(zeros: [1, 1, 1])) }
    #expect(throws: Fault.self) {
      try report.write(raw: "m", values: Tensor(zeros: [2], dtype: .int64))
    }
  }

  @Test func everyFailingCallNamesTheFile() throws {
    let folder = try TemporaryFolder()
    _ = try withEveryFailure(code: 5, style: .once) { disk in
      try MetricsReport(folder: folder.path, on: disk).write(metrics: [("a", 1)])
    } check: { error in
      #expect(
        error == nil || (error as? Fault)?.message.contains("input/output error (EIO)") == true)
    }
    #expect(try text(folder, "metrics.csv") == "a,1.0\n")
  }
}
