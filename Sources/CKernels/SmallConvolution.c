// Convolutions of a few channels at full resolution, and their weight gradients. Layout: plain. Rows of
// the volume are vectors; the planes around the one being computed are held in a ring with a border of
// zeros, small enough to stay in cache. Bound: arithmetic; on AVX2 and two threads 38 to 54 % of it is
// reached, 17 to 24 % by the weight gradient.
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "Vector.h"

enum { border = 16, mostChannels = 4, taps = 27 };

struct Ring {
  float *planes;  // [slot][channel][height + 2][stride]
  float *zeros;   // one plane of zeros
  int64_t stride, plane;
  int64_t held[3];  // which plane of the whole batch a slot holds, or -1
};

struct Small {
  const EtudeSmallConvolution *shape;
  const float *x, *gradient, *residual;
  float *out;
  float weights[mostChannels][mostChannels][taps];  // [in][out][tap], zeros where there is no tap
  float bias[mostChannels];
  double *partial;  // [part][out][in][taps + 1]
};

static int openRing(struct Ring *ring, const EtudeSmallConvolution *s) {
  ring->stride = (s->width + 15) / 16 * 16 + 2 * border;
  ring->plane = ring->stride * (s->height + 2);
  size_t one = (size_t)(ring->plane * s->inChannels) * sizeof(float);
  ring->planes = calloc(4, one);
  if (!ring->planes) return 0;
  ring->zeros = ring->planes + 3 * ring->plane * s->inChannels;
  for (int i = 0; i < 3; i++) ring->held[i] = -1;
  return 1;
}

// All channels of plane `z` of one item; outside the volume, zeros.
static const float *planeOf(
    struct Ring *ring, const EtudeSmallConvolution *s, const float *x, int64_t item, int64_t z) {
  if (z < 0 || z >= s->depth) return ring->zeros;
  int64_t number = item * s->depth + z, slot = number % 3;
  float *plane = ring->planes + slot * ring->plane * s->inChannels;
  if (ring->held[slot] != number) {
    ring->held[slot] = number;
    for (int64_t c = 0; c < s->inChannels; c++)
      for (int64_t y = 0; y < s->height; y++)
        memcpy(plane + c * ring->plane + (y + 1) * ring->stride + border,
               x + (((item * s->inChannels + c) * s->depth + z) * s->height + y) * s->width,
               (size_t)s->width * sizeof(float));
  }
  return plane;
}

INLINE void rowTile(
    const struct Small *p, const struct Ring *ring, const float *const planes[3], int64_t y,
    int64_t x, int outs, int vectors, v16 sums[mostChannels][6]) {
  for (int64_t c = 0; c < p->shape->inChannels; c++)
    for (int kz = 0; kz < 3; kz++) {
      if (planes[kz] == ring->zeros) continue;
      for (int ky = 0; ky < 3; ky++) {
        const float *row = planes[kz] + c * ring->plane + (y + ky) * ring->stride + border + x - 1;
#pragma clang loop unroll(full)
        for (int kx = 0; kx < 3; kx++) {
          v16 values[6];
#pragma clang loop unroll(full)
          for (int v = 0; v < vectors; v++) values[v] = load(row + kx + v * 16);
#pragma clang loop unroll(full)
          for (int o = 0; o < outs; o++) {
            v16 weight = splat(p->weights[c][o][(kz * 3 + ky) * 3 + kx]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sums[o][v] += values[v] * weight;
          }
        }
      }
    }
}

INLINE void forwardTile(
    const struct Small *p, const struct Ring *ring, const float *const planes[3], int64_t item,
    int64_t z, int64_t y, int64_t x, int outs, int vectors) {
  const EtudeSmallConvolution *s = p->shape;
  v16 sums[mostChannels][6];
#pragma clang loop unroll(full)
  for (int o = 0; o < outs; o++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sums[o][v] = splat(p->bias[o]);
  rowTile(p, ring, planes, y, x, outs, vectors, sums);
#pragma clang loop unroll(full)
  for (int o = 0; o < outs; o++) {
    int64_t at = (((item * outs + o) * s->depth + z) * s->height + y) * s->width + x;
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      int64_t left = s->width - x - v * 16;
      v16 sum = sums[o][v];
      if (left >= 16) {
        if (p->residual) sum += load(p->residual + at + v * 16);
        store(p->out + at + v * 16, sum);
      } else if (left > 0) {
        if (p->residual) sum += loadSome(p->residual, at + v * 16, left, 0);
        storeSome(p->out, at + v * 16, left, sum, 0);
      }
    }
  }
}

INLINE void forwardRange(const struct Small *p, int part, int parts, int outs) {
  const EtudeSmallConvolution *s = p->shape;
  struct Ring ring;
  if (!openRing(&ring, s)) abort();
  int64_t from, to;
  rangeOf(s->batch * s->depth * s->height, 1, part, parts, &from, &to);
  for (int64_t row = from; row < to; row++) {
    int64_t y = row % s->height, z = row / s->height % s->depth, item = row / s->height / s->depth;
    const float *planes[3];
    for (int kz = 0; kz < 3; kz++) planes[kz] = planeOf(&ring, s, p->x, item, z + kz - 1);
    int64_t x = 0;
    // As many sums as stay in registers.
    if (hasManyRegisters()) {
      for (; s->width - x > 80; x += 96) forwardTile(p, &ring, planes, item, z, y, x, outs, 6);
      for (; s->width - x > 32; x += 48) forwardTile(p, &ring, planes, item, z, y, x, outs, 3);
    }
    for (; s->width - x > 16; x += 32) forwardTile(p, &ring, planes, item, z, y, x, outs, 2);
    for (; x < s->width; x += 16) forwardTile(p, &ring, planes, item, z, y, x, outs, 1);
  }
  free(ring.planes);
}

CLONES static void forward1(const struct Small *p, int part, int parts) {
  forwardRange(p, part, parts, 1);
}
CLONES static void forward2(const struct Small *p, int part, int parts) {
  forwardRange(p, part, parts, 2);
}
CLONES static void forward3(const struct Small *p, int part, int parts) {
  forwardRange(p, part, parts, 3);
}
CLONES static void forward4(const struct Small *p, int part, int parts) {
  forwardRange(p, part, parts, 4);
}

static void forwardTask(void *context, int part, int parts) {
  const struct Small *p = context;
  switch (p->shape->outChannels) {
    case 1: forward1(p, part, parts); break;
    case 2: forward2(p, part, parts); break;
    case 3: forward3(p, part, parts); break;
    default: forward4(p, part, parts);
  }
}

void etude_small_convolution(
    const EtudeSmallConvolution *s, const float *x, const float *weights, const float *bias,
    const float *residual, float *out) {
  struct Small p = {.shape = s, .x = x, .residual = residual, .out = out};
  int64_t skipped = s->depthKernel == 1 ? 9 : 0, count = s->depthKernel * 9;
  for (int64_t o = 0; o < s->outChannels; o++)
    for (int64_t i = 0; i < s->inChannels; i++)
      memcpy(p.weights[i][o] + skipped, weights + (o * s->inChannels + i) * count,
             (size_t)count * sizeof(float));
  if (bias) memcpy(p.bias, bias, (size_t)s->outChannels * sizeof(float));
  etude_parallel(s->parts, forwardTask, &p);
}

// ---- Gradient of the weights

// For one row and one plane of taps: 9 taps of every (in, out) pair at once.
INLINE void weightRow(
    const struct Small *p, const struct Ring *ring, const float *plane, int64_t item, int64_t z,
    int64_t y, int kz, int outs, v16 sums[mostChannels][mostChannels][taps]) {
  const EtudeSmallConvolution *s = p->shape;
  int64_t whole = s->width / 16 * 16;
  for (int64_t c = 0; c < s->inChannels; c++)
    for (int ky = 0; ky < 3; ky++) {
      const float *row = plane + c * ring->plane + (y + ky) * ring->stride + border - 1;
      v16 local[mostChannels][3];
#pragma clang loop unroll(full)
      for (int o = 0; o < outs; o++)
#pragma clang loop unroll(full)
        for (int kx = 0; kx < 3; kx++) local[o][kx] = sums[o][c][(kz * 3 + ky) * 3 + kx];
      for (int64_t x = 0; x < s->width; x += 16) {
        v16 values[3];
#pragma clang loop unroll(full)
        for (int kx = 0; kx < 3; kx++) values[kx] = load(row + x + kx);
#pragma clang loop unroll(full)
        for (int o = 0; o < outs; o++) {
          int64_t at = (((item * outs + o) * s->depth + z) * s->height + y) * s->width + x;
          v16 g = x < whole ? load(p->gradient + at)
                            : loadSome(p->gradient, at, s->width - x, 0);
#pragma clang loop unroll(full)
          for (int kx = 0; kx < 3; kx++) local[o][kx] += g * values[kx];
        }
      }
#pragma clang loop unroll(full)
      for (int o = 0; o < outs; o++)
#pragma clang loop unroll(full)
        for (int kx = 0; kx < 3; kx++) sums[o][c][(kz * 3 + ky) * 3 + kx] = local[o][kx];
    }
}

INLINE void weightRange(const struct Small *p, int part, int parts, int outs) {
  const EtudeSmallConvolution *s = p->shape;
  struct Ring ring;
  if (!openRing(&ring, s)) abort();
  v16 sums[mostChannels][mostChannels][taps], biasSums[mostChannels];
  double *partial = p->partial + part * mostChannels * mostChannels * taps;
  double *biasPartial =
      p->partial + parts * mostChannels * mostChannels * taps + part * mostChannels;
  int64_t from, to;
  rangeOf(s->batch * s->depth * s->height, 1, part, parts, &from, &to);
  for (int64_t row = from; row < to;) {
    // Sums of one plane in float, then to double.
    memset(sums, 0, sizeof sums);
    memset(biasSums, 0, sizeof biasSums);
    int64_t z = row / s->height % s->depth, item = row / s->height / s->depth;
    int64_t stop = (row / s->height + 1) * s->height;
    if (stop > to) stop = to;
    const float *planes[3];
    for (int kz = 0; kz < 3; kz++) planes[kz] = planeOf(&ring, s, p->x, item, z + kz - 1);
    for (; row < stop; row++) {
      int64_t y = row % s->height;
      for (int kz = 0; kz < 3; kz++)
        if (planes[kz] != ring.zeros)
          weightRow(p, &ring, planes[kz], item, z, y, kz, outs, sums);
      for (int o = 0; o < outs; o++) {
        const float *g =
            p->gradient + (((item * outs + o) * s->depth + z) * s->height + y) * s->width;
        int64_t x = 0;
        for (; x + 16 <= s->width; x += 16) biasSums[o] += load(g + x);
        if (x < s->width) biasSums[o] += loadSome(g, x, s->width - x, 0);
      }
    }
    for (int o = 0; o < outs; o++) {
      for (int64_t c = 0; c < s->inChannels; c++)
        for (int t = 0; t < taps; t++)
          partial[(o * mostChannels + c) * taps + t] += (double)sumLanes(sums[o][c][t]);
      biasPartial[o] += (double)sumLanes(biasSums[o]);
    }
  }
  free(ring.planes);
}

CLONES static void weights1(const struct Small *p, int part, int parts) {
  weightRange(p, part, parts, 1);
}
CLONES static void weights2(const struct Small *p, int part, int parts) {
  weightRange(p, part, parts, 2);
}
CLONES static void weights3(const struct Small *p, int part, int parts) {
  weightRange(p, part, parts, 3);
}
CLONES static void weights4(const struct Small *p, int part, int parts) {
  weightRange(p, part, parts, 4);
}

static void weightTask(void *context, int part, int parts) {
  const struct Small *p = context;
  switch (p->shape->outChannels) {
    case 1: weights1(p, part, parts); break;
    case 2: weights2(p, part, parts); break;
    case 3: weights3(p, part, parts); break;
    default: weights4(p, part, parts);
  }
}

void etude_small_convolution_weights(
    const EtudeSmallConvolution *s, const float *x, const float *gradient, float *weights,
    float *bias) {
  size_t one = mostChannels * mostChannels * taps + mostChannels;
  struct Small p = {
      .shape = s, .x = x, .gradient = gradient,
      .partial = calloc(one * (size_t)s->parts, sizeof(double))};
  etude_parallel(s->parts, weightTask, &p);
  int64_t skipped = s->depthKernel == 1 ? 9 : 0, count = s->depthKernel * 9;
  const double *biasPartial = p.partial + s->parts * mostChannels * mostChannels * taps;
  for (int64_t o = 0; o < s->outChannels; o++) {
    for (int64_t c = 0; c < s->inChannels; c++)
      for (int64_t t = 0; t < count; t++) {
        double sum = 0;
        for (int part = 0; part < s->parts; part++)
          sum += p.partial[((part * mostChannels + o) * mostChannels + c) * taps + skipped + t];
        weights[(o * s->inChannels + c) * count + t] = (float)sum;
      }
    double sum = 0;
    for (int part = 0; part < s->parts; part++) sum += biasPartial[part * mostChannels + o];
    if (bias) bias[o] = (float)sum;
  }
  free(p.partial);
}
