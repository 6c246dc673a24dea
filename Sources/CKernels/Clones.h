#pragma once

// One clone of a kernel for each instruction set, chosen by what the processor can when the program is
// loaded. The middle one is the level with AVX2 and fused multiply-add: "avx2" would leave out the
// latter, and a processor's name ("arch=haswell") would fit that processor alone.
// ThreadSanitizer cannot start with clones.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer)
#define CLONES __attribute__((target_clones("avx512f", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

// Whether there are 32 registers for vectors rather than 16: kernels keep more sums in them.
static inline int hasManyRegisters(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f");
#else
  return 1;
#endif
}
