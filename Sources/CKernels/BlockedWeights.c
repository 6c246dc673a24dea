// Weight gradients of blocked activations. Layout: `[batch][block][z][y][x][width]`. For each voxel and
// tap one vector of input channels is multiplied by each of the block's output channels, one load for
// each product, with all sums in registers. A row of the output meets all taps before the next row, so
// what is read stays in the first-level cache. Bound: arithmetic; 43 to 48 % of it is reached on AVX2 and
// two threads.
#include <stdlib.h>

#include "CKernels.h"
#include "Vector.h"

struct Weights {
  const EtudeBlockedConvolution *shape;
  const float *x, *gradient;
  float *partial;   // [pair][slice][tap][out][in], a pair being an output and an input block
  int64_t slices;   // planes of the output are dealt to so many, where there are few pairs
};

// One row at one tap: sums[o] += Σ gradient[o] · x.
#define ROW(name, vector, unaligned, width) \
  INLINE void name(const float *x, int64_t step, const float *g, int64_t count, float *sums) { \
    vector kept[width]; \
    _Pragma("clang loop unroll(full)") for (int o = 0; o < width; o++) kept[o] = \
        *(const unaligned *)(sums + o * width); \
    for (int64_t i = 0; i < count; i++, x += step, g += width) { \
      vector values = *(const unaligned *)x; \
      _Pragma("clang loop unroll(full)") for (int o = 0; o < width; o++) kept[o] += values * g[o]; \
    } \
    _Pragma("clang loop unroll(full)") for (int o = 0; o < width; o++) *( \
        unaligned *)(sums + o * width) = kept[o]; \
  }
ROW(row8, v8, v8u, 8)
ROW(row16, v16, v16u, 16)

// The outputs `from ..< to` of an axis whose input at this tap lies inside.
INLINE void inside(
    const EtudeBlockedConvolution *s, int axis, int64_t tap, int64_t *offset, int64_t *from,
    int64_t *to) {
  int64_t stride = s->stride[axis];
  *offset = tap * s->dilation[axis] - s->padding[axis];
  int64_t before = *offset < 0 ? -*offset : 0, room = s->input[axis] - *offset;
  // Without the case of stride 1 two divisions would cost a fifth of a row.
  *from = stride == 1 ? before : (before + stride - 1) / stride;
  *to = room < 1 ? 0 : stride == 1 ? room : (room + stride - 1) / stride;
  if (*to > s->output[axis]) *to = s->output[axis];
}

INLINE void planeOf(
    const struct Weights *p, int64_t pair, int64_t plane, int64_t width, float *sums) {
  const EtudeBlockedConvolution *s = p->shape;
  const int64_t *in = s->input, *out = s->output, *kernel = s->kernel;
  int64_t item = plane / out[0], oz = plane % out[0];
  int64_t outBlock = pair / s->inBlocks, inBlock = pair % s->inBlocks;
  const float *x = p->x + (item * s->inBlocks + inBlock) * in[0] * in[1] * in[2] * width;
  const float *g =
      p->gradient + ((item * s->outBlocks + outBlock) * out[0] + oz) * out[1] * out[2] * width;
  for (int64_t oy = 0; oy < out[1]; oy++)
    for (int64_t kz = 0; kz < kernel[0]; kz++) {
      int64_t z = oz * s->stride[0] + kz * s->dilation[0] - s->padding[0];
      if (z < 0 || z >= in[0]) continue;
      for (int64_t ky = 0; ky < kernel[1]; ky++) {
        int64_t y = oy * s->stride[1] + ky * s->dilation[1] - s->padding[1];
        if (y < 0 || y >= in[1]) continue;
        for (int64_t kx = 0; kx < kernel[2]; kx++) {
          int64_t offset, from, to;
          inside(s, 2, kx, &offset, &from, &to);
          if (from >= to) continue;
          int64_t column = from * s->stride[2] + offset;
          const float *values = x + ((z * in[1] + y) * in[2] + column) * width;
          const float *factors = g + (oy * out[2] + from) * width;
          float *tap = sums + ((kz * kernel[1] + ky) * kernel[2] + kx) * width * width;
          if (width == 8)
            row8(values, s->stride[2] * 8, factors, to - from, tap);
          else
            row16(values, s->stride[2] * 16, factors, to - from, tap);
        }
      }
    }
}

INLINE void weightRange(const struct Weights *p, int part, int parts, int64_t width) {
  const EtudeBlockedConvolution *s = p->shape;
  int64_t size = s->kernel[0] * s->kernel[1] * s->kernel[2] * width * width;
  int64_t planes = s->batch * s->output[0], first, last;
  rangeOf(s->outBlocks * s->inBlocks * p->slices, 1, part, parts, &first, &last);
  for (int64_t unit = first; unit < last; unit++) {
    int64_t slice = unit % p->slices;
    for (int64_t plane = planes * slice / p->slices; plane < planes * (slice + 1) / p->slices;
         plane++)
      planeOf(p, unit / p->slices, plane, width, p->partial + unit * size);
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

void etude_blocked_weights(
    const EtudeBlockedConvolution *s, const float *x, const float *gradient, float *out) {
  int64_t pairs = s->outBlocks * s->inBlocks, width = s->width;
  int64_t taps = s->kernel[0] * s->kernel[1] * s->kernel[2], size = taps * width * width;
  int64_t slices = pairs >= 2 * s->parts ? 1 : s->parts;
  struct Weights p = {
      s, x, gradient, calloc((size_t)(pairs * slices * size), sizeof(float)), slices};
  if (!p.partial) abort();
  etude_parallel(s->parts, weightTask, &p);
  for (int64_t pair = 0; pair < pairs; pair++)
    for (int64_t o = 0; o < width; o++)
      for (int64_t i = 0; i < width; i++) {
        int64_t row = (pair / s->inBlocks * width + o) * s->inBlocks + pair % s->inBlocks;
        for (int64_t tap = 0; tap < taps; tap++) {
          float sum = 0;
          for (int64_t slice = 0; slice < slices; slice++)
            sum += p.partial[(pair * slices + slice) * size + (tap * width + o) * width + i];
          out[(row * width + i) * taps + tap] = sum;
        }
      }
  free(p.partial);
}
