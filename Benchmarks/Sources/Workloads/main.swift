import Foundation

// One row of the table, as a line of JSON:
//   Workloads step [--batch 2] [--size 96] [--dtype f32|bf16] [--channels 16,32,64,128,256]
//   Workloads transforms --data DIR       the seed's pre_transforms on one case, and each alone
//   Workloads cache --data DIR            filling a CacheDataset with all cases
//   Workloads post [--shape 512,512,100]  AsDiscreted, softmax and one-hot, MeanDice
//   Workloads save --data DIR             Invertd and SaveImaged
//   Workloads window [--shape 512,512,100] [--roi 160,160,160] [--overlap 0.5]
//   Workloads kernels                     each kernel, and its share of what the machine allows
// All take --threads 2 and --repeats N.
let options = Options(Array(CommandLine.arguments.dropFirst()))
let workloads: [String: (Options) throws -> [String: [Timing]]] = [
  "step": step, "transforms": transforms, "cache": cache, "post": post, "save": save,
  "window": window, "kernels": kernels,
]
guard let name = options.name, let workload = workloads[name] else {
  FileHandle.standardError.write(
    Data("Workloads NAME …; names: \(workloads.keys.sorted().joined(separator: ", "))\n".utf8))
  exit(64)
}
do {
  let figures = try workload(options).mapValues(Figures.init)
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys]
  let report = Report(times: figures, peakMiB: peakMemory())
  print(String(decoding: try encoder.encode(report), as: UTF8.self))
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
