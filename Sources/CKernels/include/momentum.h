#pragma once
#include <stddef.h>

// Updates that follow one running mean of the gradient; roundings are torch 1.13.1's, in its order.

// torch's SGD. `buffer` is the running gradient, or null without momentum; on the first step it is
// filled with the gradient.
typedef struct {
  float momentum;
  // 1 - dampening.
  float share;
  // L2 decay, added to the gradient; 0 for none.
  float decay;
  float negative_rate;
  // -1 ascends the gradient.
  float sign;
  int nesterov, is_first;
} etude_sgd_settings;
void etude_sgd(
    float *value, const float *gradient, float *buffer, ptrdiff_t count,
    const etude_sgd_settings *settings);

// MONAI 0.8.1's Novograd, given the denominator of the whole tensor.
typedef struct {
  float denominator;
  // L2 decay, added to the scaled gradient; 0 for none.
  float decay;
  float beta1;
  // 1 - beta1 with grad_averaging, else 1.
  float share;
  float negative_rate;
} etude_novograd_settings;
void etude_novograd(
    float *value, const float *gradient, float *mean, ptrdiff_t count,
    const etude_novograd_settings *settings);
