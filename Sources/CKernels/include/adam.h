#pragma once
#include <stddef.h>

// The update of Adam and AdamW for `count` elements, fused. All roundings are torch 1.13.1's, in its
// order; any split of a tensor into calls gives the same bits.
typedef struct {
  // Betas and what is left of them to 1, each rounded from double once.
  float beta1, rest1, beta2, rest2;
  float eps;
  // L2 decay, added to the gradient; 0 for none.
  float decay;
  // Decoupled decay, the factor of the parameter (AdamW); 1 for none.
  float shrink;
  // -lr / (1 - beta1^step), and sqrt(1 - beta2^step).
  float negative_step, correction;
  // -1 ascends the gradient.
  float sign;
} etude_adam_settings;

// `largest` holds the running maximum of the second moment (amsgrad), or is null.
void etude_adam(
    float *value, const float *gradient, float *first, float *second, float *largest,
    ptrdiff_t count, const etude_adam_settings *settings);
