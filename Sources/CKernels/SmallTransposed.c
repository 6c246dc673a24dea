// Transposed convolution to a few plain channels. Output voxel 2i takes tap 1 of input i; voxel
// 2i + 1 takes tap 2 of input i and tap 0 of input i + 1, on every axis. Four input rows (y, y + 1
// in planes z, z + 1) make four rows of output; they are turned from channel blocks into rows of
// voxels first, and then stay in the first-level cache.
// Layout: blocks in, plain rows out. Bound: arithmetic; 22 to 30 % of it is reached on AVX2 and two
// threads.
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "Transpose.h"
#include "Vector.h"

enum { mostOut = 4 };

struct Transposed {
  const EtudeSmallConvolution *shape;
  const void *x;
  float *out;
  float *weights;  // [tap z][tap y][in][out][tap x]
  float bias[mostOut];
  int64_t stride;  // of a row of voxels
  int64_t width;   // channels in a block of the input
};

INLINE void turn(
    const struct Transposed *p, int64_t item, int64_t z, int64_t y, int bf16, float *rows) {
  const EtudeSmallConvolution *s = p->shape;
  if (z >= s->depth || y >= s->height) {
    memset(rows, 0, (size_t)(p->stride * s->inChannels) * sizeof(float));
    return;
  }
  int64_t blocks = s->inChannels / p->width;
  for (int64_t block = 0; block < blocks; block++) {
    int64_t at =
        (((item * blocks + block) * s->depth + z) * s->height + y) * s->width * p->width;
    for (int64_t x = 0; x < s->width; x += 16) {
      v16 tile[16];
      int64_t wide = s->width - x < 16 ? s->width - x : 16;
      for (int64_t v = 0; v < 16; v++) {
        tile[v] = splat(0);
        if (v >= wide) continue;
        if (p->width == 16)
          tile[v] = loadAs(p->x, at + (x + v) * 16, bf16);
        else if (!bf16)
          tile[v] = loadHalf((const float *)p->x + at + (x + v) * 8);
        else
          tile[v] = loadSome(p->x, at + (x + v) * 8, 8, bf16);
      }
      transpose(tile);
      for (int c = 0; c < p->width; c++)
        store(rows + (block * p->width + c) * p->stride + x, tile[c]);
    }
  }
}

INLINE void rowPair(
    const struct Transposed *p, const float *const rows[2][2], int oddZ, int oddY, int64_t x,
    int outs, int vectors, float *out, int64_t channelStride, int64_t left) {
  const EtudeSmallConvolution *s = p->shape;
  v16 even[mostOut][3], odd[mostOut][3];
#pragma clang loop unroll(full)
  for (int o = 0; o < outs; o++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) even[o][v] = odd[o][v] = splat(p->bias[o]);
  for (int dz = 0; dz <= oddZ; dz++)
    for (int dy = 0; dy <= oddY; dy++) {
      int tapZ = s->depthKernel == 1 ? 0 : oddZ ? (dz ? 0 : 2) : 1, tapY = oddY ? (dy ? 0 : 2) : 1;
      const float *weights = p->weights + (tapZ * 3 + tapY) * s->inChannels * outs * 3;
      const float *row = rows[dz][dy] + x;
      for (int64_t c = 0; c < s->inChannels; c++, row += p->stride, weights += outs * 3) {
        v16 here[3], next[3];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
          here[v] = load(row + v * 16);
          next[v] = load(row + v * 16 + 1);
        }
#pragma clang loop unroll(full)
        for (int o = 0; o < outs; o++) {
          v16 w0 = splat(weights[o * 3]), w1 = splat(weights[o * 3 + 1]);
          v16 w2 = splat(weights[o * 3 + 2]);
#pragma clang loop unroll(full)
          for (int v = 0; v < vectors; v++) {
            even[o][v] += here[v] * w1;
            odd[o][v] += here[v] * w2;
            odd[o][v] += next[v] * w0;
          }
        }
      }
    }
#pragma clang loop unroll(full)
  for (int o = 0; o < outs; o++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      v16 a = even[o][v], b = odd[o][v];
      v16 low = __builtin_shufflevector(
          a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      v16 high = __builtin_shufflevector(
          a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      float *to = out + o * channelStride + v * 32;
      int64_t some = (left - v * 16) * 2;
      if (some >= 32) {
        store(to, low);
        store(to + 16, high);
      } else if (some > 0) {
        storeSome(to, 0, some < 16 ? some : 16, low, 0);
        if (some > 16) storeSome(to, 16, some - 16, high, 0);
      }
    }
}

INLINE void transposedRange(const struct Transposed *p, int part, int parts, int outs, int bf16) {
  const EtudeSmallConvolution *s = p->shape;
  int64_t rowSize = p->stride * s->inChannels;
  // A vector read one voxel to the right of the last row's end stays inside.
  float *storage = calloc((size_t)(4 * rowSize + 16), sizeof(float));
  if (!storage) abort();
  float *rows[2][2] = {{storage, storage + rowSize}, {storage + 2 * rowSize, storage + 3 * rowSize}};
  int deep = s->depthKernel > 1;
  int64_t outDepth = deep ? s->depth * 2 : 1, outHeight = s->height * 2, outWidth = s->width * 2;
  int64_t from, to, current = -2;
  rangeOf(s->batch * s->depth * s->height, 1, part, parts, &from, &to);
  for (int64_t row = from; row < to; row++) {
    int64_t y = row % s->height, z = row / s->height % s->depth, item = row / s->height / s->depth;
    int follows = current == row - 1 && y > 0;
    current = row;
    for (int dz = 0; dz <= deep; dz++) {
      if (follows) {
        float *used = rows[dz][0];
        rows[dz][0] = rows[dz][1];
        rows[dz][1] = used;
      } else {
        turn(p, item, z + dz, y, bf16, rows[dz][0]);
      }
      turn(p, item, z + dz, y + 1, bf16, rows[dz][1]);
    }
    const float *const inputs[2][2] = {{rows[0][0], rows[0][1]}, {rows[1][0], rows[1][1]}};
    for (int oddZ = 0; oddZ <= deep; oddZ++)
      for (int oddY = 0; oddY < 2; oddY++) {
        int64_t outZ = deep ? z * 2 + oddZ : 0;
        float *out =
            p->out + ((item * outs * outDepth + outZ) * outHeight + y * 2 + oddY) * outWidth;
        int64_t channelStride = outDepth * outHeight * outWidth, x = 0;
        for (; hasManyRegisters() && s->width - x > 32; x += 48)
          rowPair(p, inputs, oddZ, oddY, x, outs, 3, out + x * 2, channelStride, s->width - x);
        for (; x < s->width; x += 16)
          rowPair(p, inputs, oddZ, oddY, x, outs, 1, out + x * 2, channelStride, s->width - x);
      }
  }
  free(storage);
}

#define FOR_OUTPUTS(outs) \
  CLONES static void transposed##outs##F(const struct Transposed *p, int part, int parts) { \
    transposedRange(p, part, parts, outs, 0); \
  } \
  CLONES static void transposed##outs##H(const struct Transposed *p, int part, int parts) { \
    transposedRange(p, part, parts, outs, 1); \
  }
FOR_OUTPUTS(1)
FOR_OUTPUTS(2)
FOR_OUTPUTS(3)
FOR_OUTPUTS(4)

struct Call {
  struct Transposed transposed;
  int bf16;
};

static void transposedTask(void *context, int part, int parts) {
  const struct Call *call = context;
  const struct Transposed *p = &call->transposed;
  switch (p->shape->outChannels) {
    case 1: (call->bf16 ? transposed1H : transposed1F)(p, part, parts); break;
    case 2: (call->bf16 ? transposed2H : transposed2F)(p, part, parts); break;
    case 3: (call->bf16 ? transposed3H : transposed3F)(p, part, parts); break;
    default: (call->bf16 ? transposed4H : transposed4F)(p, part, parts);
  }
}

void etude_small_transposed(
    const EtudeSmallConvolution *s, int64_t realInChannels, int64_t width, const void *x,
    int xBf16, const float *weights, const float *bias, float *out) {
  int64_t taps = s->depthKernel * 9;
  struct Call call = {
      .transposed = {.shape = s, .x = x, .out = out, .stride = (s->width + 15) / 16 * 16 + 48,
                     .width = width},
      .bf16 = xBf16};
  struct Transposed *p = &call.transposed;
  p->weights = calloc((size_t)(taps * s->inChannels * s->outChannels), sizeof(float));
  if (!p->weights) abort();
  for (int64_t i = 0; i < realInChannels; i++)
    for (int64_t o = 0; o < s->outChannels; o++)
      for (int64_t t = 0; t < taps; t++)
        p->weights[((t / 3 * s->inChannels + i) * s->outChannels + o) * 3 + t % 3] =
            weights[(i * s->outChannels + o) * taps + t];
  if (bias) memcpy(p->bias, bias, (size_t)s->outChannels * sizeof(float));
  etude_parallel(s->parts, transposedTask, &call);
  free(p->weights);
}
