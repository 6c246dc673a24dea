// What the machine could do at most, for telling how far a kernel is from it.
//
// Arithmetic: independent chains of fused multiply-adds that never leave the registers; the bound is
// the units' throughput. Memory: a triad over arrays far larger than the caches; the bound is the
// memory bus.
#include "roofline.h"

#include "CKernels.h"
#include "Vector.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Chains in flight: enough for 32 wide registers, or for 16 narrow ones of which each chain takes two.
enum { most = 12, few = 6 };

struct Loop {
  int64_t rounds;
  int chains;
  float *sink;  // one a part, so that nothing is optimised away
};

INLINE void floatRounds(int64_t rounds, int chains, float *sink) {
  v16 sums[most];
  const v16 factor = splat(0.999999f), added = splat(1e-6f);
  for (int k = 0; k < chains; k++) sums[k] = splat((float)k);
  for (int64_t i = 0; i < rounds; i++)
#pragma clang loop unroll(full)
    for (int k = 0; k < chains; k++) sums[k] = sums[k] * factor + added;
  v16 total = sums[0];
  for (int k = 1; k < chains; k++) total += sums[k];
  *sink = sumLanes(total);
}

CLONES static void manyChains(int64_t rounds, float *sink) { floatRounds(rounds, most, sink); }
CLONES static void fewChains(int64_t rounds, float *sink) { floatRounds(rounds, few, sink); }

static void floatTask(void *context, int part, int parts) {
  (void)parts;
  struct Loop *loop = context;
  if (loop->chains == most)
    manyChains(loop->rounds, loop->sink + part);
  else
    fewChains(loop->rounds, loop->sink + part);
}

double etude_float_loop(int64_t rounds, int isWide, int parts) {
  float sink[256];
  struct Loop loop = {rounds, isWide ? most : few, sink};
  etude_parallel(parts, floatTask, &loop);
  return 2.0 * 16 * loop.chains * (double)rounds * parts;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bf16"))) static void halfTask(
    void *context, int part, int parts) {
  (void)parts;
  struct Loop *loop = context;
  __m512 sums[most];
  const __m512bh pair = (__m512bh)_mm512_set1_epi32(0x3c003c00);
  for (int k = 0; k < most; k++) sums[k] = _mm512_set1_ps((float)k);
  for (int64_t i = 0; i < loop->rounds; i++)
#pragma clang loop unroll(full)
    for (int k = 0; k < most; k++) sums[k] = _mm512_dpbf16_ps(sums[k], pair, pair);
  __m512 total = sums[0];
  for (int k = 1; k < most; k++) total = _mm512_add_ps(total, sums[k]);
  loop->sink[part] = _mm512_reduce_add_ps(total);
}

double etude_half_loop(int64_t rounds, int parts) {
  if (!__builtin_cpu_supports("avx512bf16")) return 0;
  float sink[256];
  struct Loop loop = {rounds, most, sink};
  etude_parallel(parts, halfTask, &loop);
  return 2.0 * 32 * most * (double)rounds * parts;
}
#else
double etude_half_loop(int64_t rounds, int parts) {
  (void)rounds;
  (void)parts;
  return 0;
}
#endif

struct Triad {
  float *to;
  const float *a, *b;
  int64_t count;
};

CLONES static void triadRange(float *to, const float *a, const float *b, int64_t count) {
  for (int64_t i = 0; i < count; i++) to[i] = a[i] + 0.5f * b[i];
}

static void triadTask(void *context, int part, int parts) {
  const struct Triad *t = context;
  int64_t from, to;
  rangeOf(t->count, 16, part, parts, &from, &to);
  triadRange(t->to + from, t->a + from, t->b + from, to - from);
}

double etude_triad(float *to, const float *a, const float *b, int64_t count, int parts) {
  struct Triad triad = {to, a, b, count};
  etude_parallel(parts, triadTask, &triad);
  return 3.0 * sizeof(float) * (double)count;
}
