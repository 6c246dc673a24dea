// Adam and AdamW in one pass over value, gradient and both moments. Bound: memory, seven numbers moved
// for each parameter, at its whole rate.
#include "adam.h"

#include <math.h>

#include "Clones.h"

// Fused operations are written out where the reference fuses them, and nowhere else.
#pragma STDC FP_CONTRACT OFF

CLONES void etude_adam(
    float *restrict value, const float *restrict gradient, float *restrict first,
    float *restrict second, float *restrict largest, ptrdiff_t count,
    const etude_adam_settings *settings) {
  const etude_adam_settings s = *settings;
  for (ptrdiff_t i = 0; i < count; i++) {
    float p = value[i] * s.shrink;
    float g = s.sign * gradient[i];
    if (s.decay != 0) g = fmaf(p, s.decay, g);
    const float m = fmaf(g, s.rest1, first[i] * s.beta1);
    const float v = second[i] * s.beta2 + s.rest2 * g * g;
    first[i] = m;
    second[i] = v;
    float scale = v;
    if (largest) {
      // A NaN stays, as in torch's maximum.
      scale = largest[i] > v || largest[i] != largest[i] ? largest[i] : v;
      largest[i] = scale;
    }
    value[i] = p + s.negative_step * m / (sqrtf(scale) / s.correction + s.eps);
  }
}
