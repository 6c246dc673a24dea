import Testing

@testable import Session

@Suite struct DoctorReportTests {
  private func machine(features: Set<String>, memory: Int = 16 << 30) -> Machine {
    Machine(
      processorName: "A", processorFeatures: features, processors: 4, usableProcessors: 2,
      memory: memory, memoryAvailable: memory / 2, memoryLimit: nil)
  }

  @Test func rowsAlignAndFixesStandUnderThem() {
    let report = DoctorReport(rows: [
      .init("etude", .fine, "1.0"),
      .init("gnuplot", .limited, "not installed", fix: "sudo apt-get install gnuplot-nox"),
    ])
    #expect(
      report.text == """
        ok  etude    1.0
        --  gnuplot  not installed
                     try: sudo apt-get install gnuplot-nox
        ready to train; limited: gnuplot
        """)
    #expect(report.isUsable)
  }

  @Test func whatTrainingNeedsDecides() {
    let report = DoctorReport(rows: [.init("libdnnl", .missing, "not found")])
    #expect(!report.isUsable)
    #expect(report.text.hasSuffix("training does not work here yet: libdnnl"))
  }

  @Test func aProcessorWithoutWideVectorsIsTold() {
    #expect(
      DoctorReport.processor(machine(features: ["avx2", "avx512f"])).finding == "A, avx2, avx512f")
    #expect(DoctorReport.processor(machine(features: ["avx2"])).verdict == .fine)
    #expect(DoctorReport.processor(machine(features: [])).verdict == .limited)
    #expect(DoctorReport.threads(machine(features: [])).finding == "2 of 4 (as allowed here)")
  }

  @Test func littleMemoryIsToldWithWhatHelps() {
    #expect(DoctorReport.memory(machine(features: [])).finding == "16.0 GiB, 8.0 GiB free")
    let small = DoctorReport.memory(machine(features: [], memory: 8 << 30))
    #expect(small.verdict == .limited)
    #expect(small.fix?.contains("cache_rate=0") == true)
  }

  @Test func readsTheKernelsFiles() {
    let processor = Machine.parseProcessor(
      "processor\t: 0\nmodel name\t: Chip 9\nflags\t\t: fpu avx2\n")
    #expect(processor.name == "Chip 9")
    #expect(processor.features == ["fpu", "avx2"])
    let memory = Machine.parseMemory("MemTotal:       1024 kB\nMemAvailable:    512 kB\n")
    #expect(memory.total == 1 << 20)
    #expect(memory.available == 1 << 19)
    #expect(Machine.parseLimit("max\n") == nil)
    #expect(Machine.parseLimit("1073741824\n") == 1 << 30)
  }
}
