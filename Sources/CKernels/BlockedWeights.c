#include "CKernels.h"
#include "Vector.h"

struct Weights {
  const EtudeBlockedWeights *shape;
  const float *x, *gradient;
  float *out;
};

// One tap of 16 output by 16 input channels: a vector of input channels for each output channel.
INLINE void tapOf(
    const struct Weights *p, int64_t outBlock, int64_t inBlock, const int64_t tap[3],
    v16 sums[16]) {
  const EtudeBlockedWeights *s = p->shape;
  const int64_t *in = s->input, *out = s->output;
  for (int64_t item = 0; item < s->batch; item++) {
    const float *x = p->x + (item * s->inBlocks + inBlock) * in[0] * in[1] * in[2] * 16;
    const float *g = p->gradient + (item * s->outBlocks + outBlock) * out[0] * out[1] * out[2] * 16;
    for (int64_t oz = 0; oz < out[0]; oz++) {
      int64_t z = oz * s->stride[0] - s->padding[0] + tap[0] * s->dilation[0];
      if (z < 0 || z >= in[0]) continue;
      for (int64_t oy = 0; oy < out[1]; oy++) {
        int64_t y = oy * s->stride[1] - s->padding[1] + tap[1] * s->dilation[1];
        if (y < 0 || y >= in[1]) continue;
        for (int64_t ox = 0; ox < out[2]; ox++) {
          int64_t column = ox * s->stride[2] - s->padding[2] + tap[2] * s->dilation[2];
          if (column < 0 || column >= in[2]) continue;
          v16 values = load(x + ((z * in[1] + y) * in[2] + column) * 16);
          const float *factors = g + ((oz * out[1] + oy) * out[2] + ox) * 16;
#pragma clang loop unroll(full)
          for (int o = 0; o < 16; o++) sums[o] += values * splat(factors[o]);
        }
      }
    }
  }
}

INLINE void weightRange(const struct Weights *p, int part, int parts) {
  const EtudeBlockedWeights *s = p->shape;
  int64_t taps = s->kernel[0] * s->kernel[1] * s->kernel[2], from, to;
  rangeOf(s->outBlocks * s->inBlocks, 1, part, parts, &from, &to);
  for (int64_t pair = from; pair < to; pair++) {
    int64_t outBlock = pair / s->inBlocks, inBlock = pair % s->inBlocks;
    for (int64_t t = 0; t < taps; t++) {
      int64_t tap[3] = {
          t / s->kernel[2] / s->kernel[1], t / s->kernel[2] % s->kernel[1], t % s->kernel[2]};
      v16 sums[16];
#pragma clang loop unroll(full)
      for (int o = 0; o < 16; o++) sums[o] = splat(0);
      tapOf(p, outBlock, inBlock, tap, sums);
      for (int o = 0; o < 16; o++) {
        float lanes[16];
        store(lanes, sums[o]);
        float *row = p->out + ((outBlock * 16 + o) * s->inBlocks + inBlock) * 16 * taps + t;
        for (int i = 0; i < 16; i++) row[i * taps] = lanes[i];
      }
    }
  }
}

MV static void weightsOf(const struct Weights *p, int part, int parts) {
  weightRange(p, part, parts);
}
static void weightTask(void *context, int part, int parts) { weightsOf(context, part, parts); }

void etude_blocked_weights(
    const EtudeBlockedWeights *shape, const float *x, const float *gradient, float *out) {
  struct Weights p = {shape, x, gradient, out};
  etude_parallel(shape->parts, weightTask, &p);
}
