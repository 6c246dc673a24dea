// Weight gradients where few plain input channels meet blocked outputs: of the first layer, and of the
// last transposed one. As blocks the inputs would be mostly padding, and most products with zeros.
//
// Layout: x `[batch][channel][z][y][x]`, the gradient `[batch][block][z][y][x][width]`; kernels of 3
// with padding 1, any stride. For one input channel, one block of outputs and one plane of taps nine
// vectors of sums stay in registers while a row of the output goes by: one vector of the gradient
// meets nine numbers of x. Bound: arithmetic, and nearly as much the loads; alone, on AVX2 and two
// threads, 75 to 125 of 238 GFLOP/s were reached.
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "Vector.h"

struct Weights {
  const EtudeBlockedConvolution *shape;
  int64_t channels;
  const float *x, *gradient;
  const float *zeros;  // a row of x outside the volume
  float *partial;      // [block][channel][slice][tap][width]
  int64_t slices;      // planes of the output are dealt to so many
};

// One row of the output. `x` are the rows at the three taps of y, from the voxel before the first one,
// which is not read; where `right` is set, neither is the one after the last.
#define ROW(name, vector, unaligned, width) \
  INLINE void name(const float *const x[3], int64_t step, const float *g, int64_t count, int right, \
                   float *sums) { \
    vector kept[9]; \
    _Pragma("clang loop unroll(full)") for (int k = 0; k < 9; k++) kept[k] = \
        *(const unaligned *)(sums + k * width); \
    const int64_t whole = right ? count - 1 : count; \
    vector here = *(const unaligned *)g; \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < 3; r++) { \
      kept[3 * r + 1] += here * x[r][1]; \
      if (whole > 0) kept[3 * r + 2] += here * x[r][2]; \
    } \
    const float *a = x[0] + step, *b = x[1] + step, *c = x[2] + step; \
    for (int64_t i = 1; i < whole; i++, a += step, b += step, c += step) { \
      here = *(const unaligned *)(g + i * width); \
      _Pragma("clang loop unroll(full)") for (int k = 0; k < 3; k++) { \
        kept[k] += here * a[k]; \
        kept[3 + k] += here * b[k]; \
        kept[6 + k] += here * c[k]; \
      } \
    } \
    if (right && count > 1) { \
      here = *(const unaligned *)(g + (count - 1) * width); \
      _Pragma("clang loop unroll(full)") for (int k = 0; k < 2; k++) { \
        kept[k] += here * a[k]; \
        kept[3 + k] += here * b[k]; \
        kept[6 + k] += here * c[k]; \
      } \
    } \
    _Pragma("clang loop unroll(full)") for (int k = 0; k < 9; k++) *( \
        unaligned *)(sums + k * width) = kept[k]; \
  }
ROW(row8, v8, v8u, 8)
ROW(row16, v16, v16u, 16)

INLINE void planeOf(
    const struct Weights *p, int64_t block, int64_t channel, int64_t plane, int64_t width,
    float *sums) {
  const EtudeBlockedConvolution *s = p->shape;
  const int64_t *in = s->input, *out = s->output, *stride = s->stride;
  const int64_t item = plane / out[0], oz = plane % out[0];
  const float *x = p->x + (item * p->channels + channel) * in[0] * in[1] * in[2];
  const float *g = p->gradient +
                   ((item * s->outBlocks + block) * out[0] + oz) * out[1] * out[2] * width;
  const int right = (out[2] - 1) * stride[2] + 1 >= in[2];
  for (int64_t oy = 0; oy < out[1]; oy++)
    for (int64_t kz = 0; kz < s->kernel[0]; kz++) {
      const int64_t z = oz * stride[0] + kz - s->padding[0];
      if (z < 0 || z >= in[0]) continue;
      const float *rows[3];
      for (int64_t ky = 0; ky < 3; ky++) {
        const int64_t y = oy * stride[1] + ky - 1;
        rows[ky] = (y < 0 || y >= in[1] ? p->zeros : x + (z * in[1] + y) * in[2]) - 1;
      }
      const float *factors = g + oy * out[2] * width;
      float *taps = sums + kz * 9 * width;
      if (width == 8)
        row8(rows, stride[2], factors, out[2], right, taps);
      else
        row16(rows, stride[2], factors, out[2], right, taps);
    }
}

INLINE void weightRange(const struct Weights *p, int part, int parts, int64_t width) {
  const EtudeBlockedConvolution *s = p->shape;
  const int64_t size = s->kernel[0] * 9 * width, planes = s->batch * s->output[0];
  int64_t first, last;
  rangeOf(s->outBlocks * p->channels * p->slices, 1, part, parts, &first, &last);
  for (int64_t unit = first; unit < last; unit++) {
    const int64_t slice = unit % p->slices, pair = unit / p->slices;
    for (int64_t plane = planes * slice / p->slices; plane < planes * (slice + 1) / p->slices;
         plane++)
      planeOf(p, pair / p->channels, pair % p->channels, plane, width, p->partial + unit * size);
  }
}

CLONES static void weightsOf8(const struct Weights *p, int part, int parts) {
  weightRange(p, part, parts, 8);
}
CLONES static void weightsOf16(const struct Weights *p, int part, int parts) {
  weightRange(p, part, parts, 16);
}
static void weightTask(void *context, int part, int parts) {
  const struct Weights *p = context;
  (p->shape->width == 8 ? weightsOf8 : weightsOf16)(p, part, parts);
}

void etude_plain_weights(
    const EtudeBlockedConvolution *s, int64_t channels, const float *x, const float *gradient,
    float *out) {
  const int64_t width = s->width, taps = s->kernel[0] * 9, size = taps * width;
  const int64_t pairs = s->outBlocks * channels, slices = s->parts;
  float *zeros = calloc((size_t)s->input[2] + 3, sizeof(float));
  struct Weights p = {
      s, channels, x, gradient, zeros + 1,
      calloc((size_t)(pairs * slices * size), sizeof(float)), slices};
  if (!zeros || !p.partial) abort();
  etude_parallel(s->parts, weightTask, &p);
  for (int64_t pair = 0; pair < pairs; pair++)
    for (int64_t o = 0; o < width; o++)
      for (int64_t tap = 0; tap < taps; tap++) {
        float sum = 0;
        for (int64_t slice = 0; slice < slices; slice++)
          sum += p.partial[(pair * slices + slice) * size + tap * width + o];
        out[((pair / channels * width + o) * channels + pair % channels) * taps + tap] = sum;
      }
  free(p.partial);
  free(zeros);
}
