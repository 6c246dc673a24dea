#pragma once
#include <stdint.h>
#include <string.h>

#include "Clones.h"

// Vectors are passed to inlined functions only, so how a call would pass them does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

// A clone only calls an INLINE function without vector arguments, which then may pass them around: the
// compiler refuses to mix features otherwise.
#define INLINE static inline __attribute__((always_inline))

// 16 floats. Values of these types never cross a call that is not inlined.
typedef float v16 __attribute__((vector_size(64)));
typedef int32_t i16 __attribute__((vector_size(64)));
typedef uint32_t u16 __attribute__((vector_size(64)));
typedef uint16_t h16 __attribute__((vector_size(32)));

typedef float v16u __attribute__((vector_size(64), aligned(4)));
// 8 floats: one block where blocks are of 8.
typedef float v8 __attribute__((vector_size(32)));
typedef float v8u __attribute__((vector_size(32), aligned(4)));
typedef uint16_t h16u __attribute__((vector_size(32), aligned(2)));

INLINE v16 splat(float x) {
  return (v16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x};
}

INLINE v16 load(const float *from) { return *(const v16u *)from; }
INLINE void store(float *to, v16 x) { *(v16u *)to = x; }

// 8 numbers and the same once more.
INLINE v16 loadTwice(const float *from) {
  v16 x;
  memcpy(&x, from, 32);
  memcpy((char *)&x + 32, from, 32);
  return x;
}

// 8 numbers, zeros after them; and the first 8 of a vector.
INLINE v16 loadHalf(const float *from) {
  v16 x = {0};
  memcpy(&x, from, 32);
  return x;
}
INLINE void storeHalf(float *to, v16 x) { memcpy(to, &x, 32); }

INLINE v16 widen(h16 x) { return (v16)(__builtin_convertvector(x, u16) << 16); }

// Round to nearest even; a NaN stays one.
INLINE h16 narrow(v16 x) {
  u16 bits = (u16)x;
  u16 rounded = bits + 0x7fffu + ((bits >> 16) & 1u);
  u16 isNaN = (u16)(x != x);
  u16 kept = (rounded & ~isNaN) | ((bits | 0x400000u) & isNaN);
  return __builtin_convertvector(kept >> 16, h16);
}

INLINE v16 loadAs(const void *from, int64_t index, int bf16) {
  if (bf16) return widen(*(const h16u *)((const uint16_t *)from + index));
  return load((const float *)from + index);
}
INLINE void storeAs(void *to, int64_t index, v16 x, int bf16) {
  if (bf16)
    *(h16u *)((uint16_t *)to + index) = narrow(x);
  else
    store((float *)to + index, x);
}

// The first `count` numbers, zeros after them.
INLINE v16 loadSome(const void *from, int64_t index, int64_t count, int bf16) {
  float some[16] = {0};
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    if (bf16) {
      bits = (uint32_t)((const uint16_t *)from)[index + i] << 16;
      memcpy(&some[i], &bits, 4);
    } else {
      some[i] = ((const float *)from)[index + i];
    }
  }
  return load(some);
}
INLINE void storeSome(void *to, int64_t index, int64_t count, v16 x, int bf16) {
  if (bf16) {
    uint16_t some[16];
    *(h16u *)some = narrow(x);
    memcpy((uint16_t *)to + index, some, (size_t)count * 2);
  } else {
    float some[16];
    store(some, x);
    memcpy((float *)to + index, some, (size_t)count * 4);
  }
}

INLINE v16 choose(i16 mask, v16 yes, v16 no) {
  return (v16)((mask & (i16)yes) | (~mask & (i16)no));
}

INLINE float sumLanes(v16 x) {
  float lanes[16];
  store(lanes, x);
  for (int width = 8; width; width /= 2)
    for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
  return lanes[0];
}

INLINE void addTo(double *sums, v16 x) {
  float lanes[16];
  store(lanes, x);
  for (int i = 0; i < 16; i++) sums[i] += (double)lanes[i];
}

// e^x to about 2 units in the last place (Cephes' expf); NaN stays NaN.
INLINE v16 exponential(v16 x) {
  v16 high = splat(88.3762626647949f), low = splat(-87.3365478515625f);
  i16 isNaN = (i16)(x != x);
  v16 kept = x;
  x = choose((i16)(x > high), high, x);
  x = choose((i16)(x < low), low, x);
  v16 scaled = x * 1.44269504088896341f;
  i16 below = (i16)(scaled < splat(0));
  v16 half = choose(below, splat(-0.5f), splat(0.5f));
  x = choose(isNaN, splat(0), x);
  scaled = choose(isNaN, splat(0), scaled + half);
  i16 whole = __builtin_convertvector(scaled, i16);
  v16 n = __builtin_convertvector(whole, v16);
  x = x - n * 0.693359375f;
  x = x + n * 2.12194440e-4f;
  v16 y = splat(1.9875691500e-4f);
  y = y * x + 1.3981999507e-3f;
  y = y * x + 8.3334519073e-3f;
  y = y * x + 4.1665795894e-2f;
  y = y * x + 1.6666665459e-1f;
  y = y * x + 5.0000001201e-1f;
  y = y * x * x + x + 1.0f;
  v16 power = (v16)((whole + 127) << 23);
  return choose(isNaN, kept, y * power);
}

/// The part of `0 ..< count` that is `part`'s, in steps of `grain`.
INLINE void rangeOf(
    int64_t count, int64_t grain, int part, int parts, int64_t *from, int64_t *to) {
  int64_t grains = (count + grain - 1) / grain;
  *from = grains * part / parts * grain;
  *to = grains * (part + 1) / parts * grain;
  if (*to > count) *to = count;
  if (*from > count) *from = count;
}
