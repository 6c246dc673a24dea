// Sums and conversions of whole activations, number by number. Bound: memory,
// whose whole rate is reached.
#include "CKernels.h"
#include "Vector.h"

CLONES float etude_multiply_add(float a, float b, float c) { return a * b + c; }

struct Pair {
  const void *a, *b;
  void *out;
  int bf16;
  int64_t count;
};

INLINE void addRange(const struct Pair *p, int64_t i, int64_t end, int bf16) {
  for (; i + 16 <= end; i += 16)
    storeAs(p->out, i, loadAs(p->a, i, bf16) + loadAs(p->b, i, bf16), bf16);
  if (i < end) {
    v16 sum = loadSome(p->a, i, end - i, bf16) + loadSome(p->b, i, end - i, bf16);
    storeSome(p->out, i, end - i, sum, bf16);
  }
}

CLONES static void addFloat(const struct Pair *p, int64_t i, int64_t end) { addRange(p, i, end, 0); }
CLONES static void addHalf(const struct Pair *p, int64_t i, int64_t end) { addRange(p, i, end, 1); }

static void addTask(void *context, int part, int parts) {
  const struct Pair *p = context;
  int64_t from, to;
  rangeOf(p->count, 16, part, parts, &from, &to);
  (p->bf16 ? addHalf : addFloat)(p, from, to);
}

// Below this many numbers waking a thread costs more than it brings.
static int worthwhile(int64_t count, int parts) { return count < 32768 ? 1 : parts; }

void etude_add(const void *a, const void *b, void *out, int bf16, int64_t count, int parts) {
  struct Pair p = {a, b, out, bf16, count};
  etude_parallel(worthwhile(count, parts), addTask, &p);
}

INLINE void castRange(const struct Pair *p, int64_t i, int64_t end, int fromBf16, int toBf16) {
  for (; i + 16 <= end; i += 16) storeAs(p->out, i, loadAs(p->a, i, fromBf16), toBf16);
  if (i < end) storeSome(p->out, i, end - i, loadSome(p->a, i, end - i, fromBf16), toBf16);
}
CLONES static void narrowRange(const struct Pair *p, int64_t i, int64_t end) {
  castRange(p, i, end, 0, 1);
}
CLONES static void widenRange(const struct Pair *p, int64_t i, int64_t end) {
  castRange(p, i, end, 1, 0);
}

static void castTask(void *context, int part, int parts) {
  const struct Pair *p = context;
  int64_t from, to;
  rangeOf(p->count, 16, part, parts, &from, &to);
  (p->bf16 ? narrowRange : widenRange)(p, from, to);
}

void etude_float_to_bf16(const float *from, uint16_t *to, int64_t count, int parts) {
  struct Pair p = {from, NULL, to, 1, count};
  etude_parallel(worthwhile(count, parts), castTask, &p);
}
void etude_bf16_to_float(const uint16_t *from, float *to, int64_t count, int parts) {
  struct Pair p = {from, NULL, to, 0, count};
  etude_parallel(worthwhile(count, parts), castTask, &p);
}
