// SGD with momentum and Novograd's step in one pass. Bound: memory, whose whole rate is reached.
#include "momentum.h"

#include <math.h>

#include "Clones.h"

// Fused operations are written out where the reference fuses them, and nowhere else.
#pragma STDC FP_CONTRACT OFF

CLONES void etude_sgd(
    float *restrict value, const float *restrict gradient, float *restrict buffer, ptrdiff_t count,
    const etude_sgd_settings *settings) {
  const etude_sgd_settings s = *settings;
  for (ptrdiff_t i = 0; i < count; i++) {
    float g = s.sign * gradient[i];
    if (s.decay != 0) g = fmaf(value[i], s.decay, g);
    if (buffer) {
      const float b = s.is_first ? g : fmaf(g, s.share, buffer[i] * s.momentum);
      buffer[i] = b;
      g = s.nesterov ? fmaf(b, s.momentum, g) : b;
    }
    value[i] = fmaf(g, s.negative_rate, value[i]);
  }
}

CLONES void etude_novograd(
    float *restrict value, const float *restrict gradient, float *restrict mean, ptrdiff_t count,
    const etude_novograd_settings *settings) {
  const etude_novograd_settings s = *settings;
  for (ptrdiff_t i = 0; i < count; i++) {
    float g = gradient[i] / s.denominator;
    if (s.decay != 0) g = fmaf(value[i], s.decay, g);
    const float m = mean[i] * s.beta1 + g * s.share;
    mean[i] = m;
    value[i] = fmaf(m, s.negative_rate, value[i]);
  }
}
