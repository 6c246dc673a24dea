// Everything between two convolutions: statistics of each channel, then bias, normalization, activation
// and residual sum in one pass, and the same backward in two (sums first, for a mean's gradient needs
// them). Layout: plain or blocked; all lines of all items lie end to end and are cut into as many ranges
// as there are threads. Bound: memory; each pass reads its operands once and writes its result once,
// at the memory's whole rate.
#include <stdlib.h>

#include "CKernels.h"
#include "Vector.h"

// All lines of all items end to end, cut into ranges of whole vectors; `segment` is the stretch of
// one line that falls into a part's range.
enum { chunk = 64 };  // vectors summed in float before they go to double

struct Segment {
  int64_t line;          // item · lines + line
  int64_t from, to;      // numbers within the line
};

static int64_t paddedLength(const EtudeLines *lines) { return (lines->length + 15) / 16 * 16; }

// The next segment at or after `*position` before `end`; 0 when there is none.
INLINE int nextSegment(
    const EtudeLines *lines, int64_t padded, int64_t *position, int64_t end,
    struct Segment *segment) {
  if (*position >= end) return 0;
  segment->line = *position / padded;
  int64_t start = segment->line * padded;
  segment->from = *position - start;
  segment->to = end - start < padded ? end - start : padded;
  *position = start + segment->to;
  if (segment->to > lines->length) segment->to = lines->length;
  return 1;
}

INLINE void rangeOfPart(const EtudeLines *lines, int part, int64_t *from, int64_t *to) {
  rangeOf(lines->batch * lines->lines * paddedLength(lines), 16, part, lines->parts, from, to);
}

// Numbers of a line's channels, repeated to fill a vector.
INLINE v16 repeated(const EtudeLines *lines, const float *numbers) {
  if (lines->width == 16) return load(numbers);
  return lines->width == 8 ? loadTwice(numbers) : splat(numbers[0]);
}

INLINE v16 channelNumbers(
    const EtudeLines *lines, const float *numbers, int perItem, int64_t line) {
  return repeated(lines, numbers + (perItem ? line : line % lines->lines) * lines->width);
}

// ---- Moments

struct Moments {
  const EtudeLines *lines;
  const void *x;
  int bf16;
  double *partial;  // [part][line][2][16]
};

INLINE v16 pivotOf(const EtudeLines *lines, const void *x, int bf16, int64_t line) {
  float first[16];
  store(first, loadSome(x, line * lines->length, lines->width, bf16));
  return repeated(lines, first);
}

INLINE void momentsRange(const struct Moments *m, int part, int bf16) {
  const EtudeLines *lines = m->lines;
  int64_t position, end, padded = paddedLength(lines);
  rangeOfPart(lines, part, &position, &end);
  struct Segment s;
  while (nextSegment(lines, padded, &position, end, &s)) {
    double *sums = m->partial + (part * lines->batch * lines->lines + s.line) * 32;
    v16 pivot = pivotOf(lines, m->x, bf16, s.line);
    int64_t base = s.line * lines->length, i = s.from, whole = s.from + (s.to - s.from) / 16 * 16;
    while (i < whole) {
      int64_t stop = i + chunk * 16 < whole ? i + chunk * 16 : whole;
      v16 sum[2] = {}, squares[2] = {};
      for (; i + 32 <= stop; i += 32)
        for (int k = 0; k < 2; k++) {
          v16 d = loadAs(m->x, base + i + 16 * k, bf16) - pivot;
          sum[k] += d;
          squares[k] += d * d;
        }
      for (; i < stop; i += 16) {
        v16 d = loadAs(m->x, base + i, bf16) - pivot;
        sum[0] += d;
        squares[0] += d * d;
      }
      addTo(sums, sum[0] + sum[1]);
      addTo(sums + 16, squares[0] + squares[1]);
    }
    for (int lane = 0; i < s.to; i++, lane++) {
      double d = (double)(loadSome(m->x, base + i, 1, bf16)[0] - pivot[lane]);
      sums[lane] += d;
      sums[16 + lane] += d * d;
    }
  }
}

CLONES static void momentsFloat(const struct Moments *m, int part) { momentsRange(m, part, 0); }
CLONES static void momentsHalf(const struct Moments *m, int part) { momentsRange(m, part, 1); }

static void momentsTask(void *context, int part, int parts) {
  (void)parts;
  const struct Moments *m = context;
  if (m->bf16)
    momentsHalf(m, part);
  else
    momentsFloat(m, part);
}

void etude_moments(
    const EtudeLines *lines, const void *x, int bf16, double *mean, double *squares) {
  int64_t count = lines->batch * lines->lines;
  struct Moments m = {lines, x, bf16, calloc((size_t)(lines->parts * count * 32), sizeof(double))};
  etude_parallel(lines->parts, momentsTask, &m);
  int64_t voxels = lines->length / lines->width;
  int lanes = lines->width;
  for (int64_t line = 0; line < count; line++) {
    double sum[16] = {0}, square[16] = {0};
    for (int part = 0; part < lines->parts; part++) {
      const double *p = m.partial + (part * count + line) * 32;
      for (int k = 0; k < 16; k++) {
        sum[k % lanes] += p[k];
        square[k % lanes] += p[16 + k];
      }
    }
    float pivot[16];
    store(pivot, pivotOf(lines, x, bf16, line));
    for (int k = 0; k < lanes; k++) {
      double offset = sum[k] / (double)voxels;
      mean[line * lanes + k] = (double)pivot[k] + offset;
      squares[line * lanes + k] = square[k] - sum[k] * offset;
    }
  }
  free(m.partial);
}

// ---- Forward

struct Apply {
  const EtudeLines *lines;
  const EtudeAffine *affine;
  const void *x, *residual;
  void *out;
  int xBf16, outBf16;
};

INLINE v16 activated(v16 z, float slope) { return choose((i16)(z > splat(0)), z, z * slope); }

INLINE void applyRange(
    const struct Apply *p, int part, int xBf16, int outBf16, const void *residual) {
  const EtudeLines *lines = p->lines;
  int64_t position, end, padded = paddedLength(lines);
  rangeOfPart(lines, part, &position, &end);
  struct Segment s;
  float slope = p->affine->slope;
  while (nextSegment(lines, padded, &position, end, &s)) {
    v16 scale = channelNumbers(lines, p->affine->scale, p->affine->perItem, s.line);
    v16 shift = channelNumbers(lines, p->affine->shift, p->affine->perItem, s.line);
    int64_t base = s.line * lines->length, i = s.from;
    for (; i + 16 <= s.to; i += 16) {
      v16 y = activated(loadAs(p->x, base + i, xBf16) * scale + shift, slope);
      if (residual) y += loadAs(residual, base + i, outBf16);
      storeAs(p->out, base + i, y, outBf16);
    }
    if (i < s.to) {
      int64_t left = s.to - i;
      v16 y = activated(loadSome(p->x, base + i, left, xBf16) * scale + shift, slope);
      if (residual) y += loadSome(residual, base + i, left, outBf16);
      storeSome(p->out, base + i, left, y, outBf16);
    }
  }
}

CLONES static void applyFF(const struct Apply *p, int part) { applyRange(p, part, 0, 0, p->residual); }
CLONES static void applyFH(const struct Apply *p, int part) { applyRange(p, part, 0, 1, p->residual); }
CLONES static void applyHF(const struct Apply *p, int part) { applyRange(p, part, 1, 0, p->residual); }
CLONES static void applyHH(const struct Apply *p, int part) { applyRange(p, part, 1, 1, p->residual); }

static void applyTask(void *context, int part, int parts) {
  (void)parts;
  const struct Apply *p = context;
  if (p->xBf16)
    (p->outBf16 ? applyHH : applyHF)(p, part);
  else
    (p->outBf16 ? applyFH : applyFF)(p, part);
}

void etude_affine_activation(
    const EtudeLines *lines, const EtudeAffine *affine, const void *x, int xBf16,
    const void *residual, void *out, int outBf16) {
  struct Apply p = {lines, affine, x, residual, out, xBf16, outBf16};
  etude_parallel(lines->parts, applyTask, &p);
}

// ---- Backward

struct Backward {
  const EtudeLines *lines;
  const EtudeAffine *affine;
  const void *x, *gradient;
  int xBf16, gradientBf16;
  double *partial;         // [part][line][3][16]
  const float *a, *b, *c;  // of the second pass
  void *out;
};

INLINE void sumsRange(const struct Backward *p, int part, int xBf16, int gBf16) {
  const EtudeLines *lines = p->lines;
  int64_t position, end, padded = paddedLength(lines);
  rangeOfPart(lines, part, &position, &end);
  struct Segment s;
  float slope = p->affine->slope;
  while (nextSegment(lines, padded, &position, end, &s)) {
    double *sums = p->partial + (part * lines->batch * lines->lines + s.line) * 48;
    v16 scale = channelNumbers(lines, p->affine->scale, p->affine->perItem, s.line);
    v16 shift = channelNumbers(lines, p->affine->shift, p->affine->perItem, s.line);
    v16 mean = channelNumbers(lines, p->affine->mean, p->affine->perItem, s.line);
    int64_t base = s.line * lines->length, i = s.from;
    while (i < s.to) {
      int64_t stop = i + chunk * 16 < s.to ? i + chunk * 16 : s.to;
      v16 sum = {}, product = {}, bySlope = {};
      for (; i + 16 <= stop; i += 16) {
        v16 x = loadAs(p->x, base + i, xBf16), g = loadAs(p->gradient, base + i, gBf16);
        v16 z = x * scale + shift;
        i16 above = (i16)(z > splat(0));
        v16 dz = choose(above, g, g * slope);
        bySlope += choose(above, splat(0), g * z);
        sum += dz;
        product += dz * (x - mean);
      }
      if (i < stop) {
        int64_t left = stop - i;
        v16 x = loadSome(p->x, base + i, left, xBf16);
        v16 g = loadSome(p->gradient, base + i, left, gBf16);
        v16 z = x * scale + shift;
        i16 above = (i16)(z > splat(0));
        v16 dz = choose(above, g, g * slope);
        bySlope += choose(above, splat(0), g * z);
        sum += dz;
        product += dz * (x - mean);
        i = stop;
      }
      addTo(sums, sum);
      addTo(sums + 16, product);
      addTo(sums + 32, bySlope);
    }
  }
}

CLONES static void sumsFF(const struct Backward *p, int part) { sumsRange(p, part, 0, 0); }
CLONES static void sumsFH(const struct Backward *p, int part) { sumsRange(p, part, 0, 1); }
CLONES static void sumsHF(const struct Backward *p, int part) { sumsRange(p, part, 1, 0); }
CLONES static void sumsHH(const struct Backward *p, int part) { sumsRange(p, part, 1, 1); }

static void sumsTask(void *context, int part, int parts) {
  (void)parts;
  const struct Backward *p = context;
  if (p->xBf16)
    (p->gradientBf16 ? sumsHH : sumsHF)(p, part);
  else
    (p->gradientBf16 ? sumsFH : sumsFF)(p, part);
}

void etude_affine_activation_sums(
    const EtudeLines *lines, const EtudeAffine *affine, const void *x, int xBf16,
    const void *gradient, int gradientBf16, double *sums, double *products, double *slope) {
  int64_t count = lines->batch * lines->lines;
  struct Backward p = {
      .lines = lines, .affine = affine, .x = x, .gradient = gradient, .xBf16 = xBf16,
      .gradientBf16 = gradientBf16,
      .partial = calloc((size_t)(lines->parts * count * 48), sizeof(double))};
  etude_parallel(lines->parts, sumsTask, &p);
  int lanes = lines->width;
  *slope = 0;
  for (int64_t line = 0; line < count; line++) {
    double sum[16] = {0}, product[16] = {0};
    for (int part = 0; part < lines->parts; part++) {
      const double *partial = p.partial + (part * count + line) * 48;
      for (int k = 0; k < 16; k++) {
        sum[k % lanes] += partial[k];
        product[k % lanes] += partial[16 + k];
        *slope += partial[32 + k];
      }
    }
    for (int k = 0; k < lanes; k++) {
      sums[line * lanes + k] = sum[k];
      products[line * lanes + k] = product[k];
    }
  }
  free(p.partial);
}

INLINE void backwardRange(const struct Backward *p, int part, int xBf16, int gBf16) {
  const EtudeLines *lines = p->lines;
  int64_t position, end, padded = paddedLength(lines);
  rangeOfPart(lines, part, &position, &end);
  struct Segment s;
  float slope = p->affine->slope;
  int perItem = p->affine->perItem;
  while (nextSegment(lines, padded, &position, end, &s)) {
    v16 scale = channelNumbers(lines, p->affine->scale, perItem, s.line);
    v16 shift = channelNumbers(lines, p->affine->shift, perItem, s.line);
    v16 mean = channelNumbers(lines, p->affine->mean, perItem, s.line);
    v16 a = channelNumbers(lines, p->a, perItem, s.line);
    v16 b = channelNumbers(lines, p->b, perItem, s.line);
    v16 c = channelNumbers(lines, p->c, perItem, s.line);
    int64_t base = s.line * lines->length, i = s.from;
    for (; i + 16 <= s.to; i += 16) {
      v16 x = loadAs(p->x, base + i, xBf16), g = loadAs(p->gradient, base + i, gBf16);
      v16 z = x * scale + shift;
      v16 dz = choose((i16)(z > splat(0)), g, g * slope);
      storeAs(p->out, base + i, a * dz + b * (x - mean) + c, gBf16);
    }
    if (i < s.to) {
      int64_t left = s.to - i;
      v16 x = loadSome(p->x, base + i, left, xBf16);
      v16 g = loadSome(p->gradient, base + i, left, gBf16);
      v16 z = x * scale + shift;
      v16 dz = choose((i16)(z > splat(0)), g, g * slope);
      storeSome(p->out, base + i, left, a * dz + b * (x - mean) + c, gBf16);
    }
  }
}

CLONES static void backwardFF(const struct Backward *p, int part) { backwardRange(p, part, 0, 0); }
CLONES static void backwardFH(const struct Backward *p, int part) { backwardRange(p, part, 0, 1); }
CLONES static void backwardHF(const struct Backward *p, int part) { backwardRange(p, part, 1, 0); }
CLONES static void backwardHH(const struct Backward *p, int part) { backwardRange(p, part, 1, 1); }

static void backwardTask(void *context, int part, int parts) {
  (void)parts;
  const struct Backward *p = context;
  if (p->xBf16)
    (p->gradientBf16 ? backwardHH : backwardHF)(p, part);
  else
    (p->gradientBf16 ? backwardFH : backwardFF)(p, part);
}

void etude_affine_activation_backward(
    const EtudeLines *lines, const EtudeAffine *affine, const float *a, const float *b,
    const float *c, const void *x, int xBf16, const void *gradient, void *out, int outBf16) {
  struct Backward p = {
      .lines = lines, .affine = affine, .x = x, .gradient = gradient, .xBf16 = xBf16,
      .gradientBf16 = outBf16, .a = a, .b = b, .c = c, .out = out};
  etude_parallel(lines->parts, backwardTask, &p);
}
