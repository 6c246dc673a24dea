#pragma once
#include <stddef.h>
#include <stdint.h>

#include "adam.h"
#include "momentum.h"
#include "resample.h"
#include "roofline.h"
#include "volume.h"
#include "voxels.h"

// Everything between the convolutions, and the convolutions oneDNN is slow at.
//
// Activations are float32 or bfloat16 (`bf16` flags). A *line* is what shares one channel's numbers:
// in a plain tensor the voxels of one channel, in a blocked one the voxels of `width` neighbouring
// channels, `width` numbers a voxel, which is 8 or 16. Work is split into `parts` fixed ranges whose results are added in
// order, so results depend on `parts` and on nothing else.

// ---- Pool.c

typedef void (*EtudeTask)(void *context, int part, int parts);

/// Calls `task` once for each part, on as many threads, and returns when all are done. When another
/// thread is using the pool, the caller does all parts itself.
void etude_parallel(int parts, EtudeTask task, void *context);

// ---- Normalisation.c

typedef struct {
  int64_t batch;
  /// Lines of one batch item: channels, or blocks of `width` channels.
  int64_t lines;
  /// Numbers in a line: voxels × `width`.
  int64_t length;
  /// Channels of a line: 1, 8 or 16.
  int32_t width;
  int32_t parts;
} EtudeLines;

/// Mean and sum of squared deviations of every channel of every item: `[batch][channels]`, where
/// channels counts the padding of blocked tensors. Accumulated in double about a pivot.
void etude_moments(
    const EtudeLines *lines, const void *x, int bf16, double *mean, double *squares);

/// Numbers for each channel; when `perItem`, for each channel of each item.
typedef struct {
  const float *mean, *scale, *shift;
  int32_t perItem;
  /// Slope below zero: 1 is no activation, 0 ReLU.
  float slope;
} EtudeAffine;

/// `out = activation(x · scale + shift) + residual`; `residual` may be null and has `out`'s type.
void etude_affine_activation(
    const EtudeLines *lines, const EtudeAffine *affine, const void *x, int xBf16,
    const void *residual, void *out, int outBf16);

/// With z = x · scale + shift and dz = gradient · activation'(z): for every channel of every item
/// `sums` = Σ dz and `products` = Σ dz · (x - mean); `slope` = Σ gradient · z over z ≤ 0.
void etude_affine_activation_sums(
    const EtudeLines *lines, const EtudeAffine *affine, const void *x, int xBf16,
    const void *gradient, int gradientBf16, double *sums, double *products, double *slope);

/// `out = a · dz + b · (x - mean) + c`; a, b, c as the affine's arrays. May write over `gradient`.
void etude_affine_activation_backward(
    const EtudeLines *lines, const EtudeAffine *affine, const float *a, const float *b,
    const float *c, const void *x, int xBf16, const void *gradient, void *out, int outBf16);

// ---- Layout.c

/// `[batch][channels][voxels]` to `[batch][⌈channels/width⌉][voxels][width]`, padded with zeros.
void etude_plain_to_blocked(
    const void *plain, int plainBf16, void *blocked, int blockedBf16, int64_t batch,
    int64_t channels, int64_t voxels, int64_t width, int parts);
void etude_blocked_to_plain(
    const void *blocked, int blockedBf16, void *plain, int plainBf16, int64_t batch,
    int64_t channels, int64_t voxels, int64_t width, int parts);

/// For each of `count` items copies `bytes` from `from + i · fromStride` to `to + i · toStride`.
void etude_copy_items(
    const void *from, int64_t fromStride, void *to, int64_t toStride, int64_t bytes, int64_t count,
    int parts);

// ---- Elementwise.c

/// `a · b + c`, rounded once where the kernels of this processor have fused multiply-add.
float etude_multiply_add(float a, float b, float c);

/// `out = a + b`, all of one type; `out` may be `a` or `b`.
void etude_add(const void *a, const void *b, void *out, int bf16, int64_t count, int parts);
void etude_float_to_bf16(const float *from, uint16_t *to, int64_t count, int parts);
void etude_bf16_to_float(const uint16_t *from, float *to, int64_t count, int parts);

// ---- SmallConvolution.c: up to 4 channels, plain float32, kernel 3, padding 1

typedef struct {
  int64_t batch, inChannels, outChannels;
  /// Depth is 1 and `depthKernel` 1 for images.
  int64_t depth, height, width, depthKernel;
  int32_t parts;
} EtudeSmallConvolution;

/// Stride 1. `out = convolution(x, weights) + bias + residual`; `bias` and `residual` may be null.
/// Weights are `[out][in][depthKernel][3][3]`.
void etude_small_convolution(
    const EtudeSmallConvolution *shape, const float *x, const float *weights, const float *bias,
    const float *residual, float *out);

/// Gradients of the weights and, unless null, the bias.
void etude_small_convolution_weights(
    const EtudeSmallConvolution *shape, const float *x, const float *gradient, float *weights,
    float *bias);

// ---- SmallTransposed.c

/// Transposed convolution, kernel 3, stride 2, padding 1, output padding 1, from channels in blocks of
/// `width` to at most 4 plain ones. `inChannels` counts padding; sizes are the input's; images have
/// `depthKernel` 1 and keep their depth of 1. Weights are `[in][out][depthKernel][3][3]` with
/// `realInChannels` rows.
void etude_small_transposed(
    const EtudeSmallConvolution *shape, int64_t realInChannels, int64_t width, const void *x,
    int xBf16, const float *weights, const float *bias, float *out);

// ---- BlockedConvolution.c and BlockedWeights.c: float32 where oneDNN has no code of its own

typedef struct {
  /// `width` channels in each block of both sides.
  int64_t batch, width, inBlocks, outBlocks;
  /// At most 16 taps an axis.
  int64_t input[3], output[3], kernel[3], stride[3], padding[3], dilation[3];
  int32_t parts;
} EtudeBlockedConvolution;

/// Weights `[out][in][kernel…]` with padded channel counts in the order that the pass reads them; as
/// many numbers.
void etude_pack_blocked_convolution(
    const EtudeBlockedConvolution *shape, int isBackward, const float *weights, float *packed);

/// The convolution of blocked float32 activations; with `isBackward`, from the gradient of its output
/// the gradient of its input.
void etude_blocked_convolution(
    const EtudeBlockedConvolution *shape, int isBackward, const float *source, const float *packed,
    float *target);

/// The weight gradient, as `[out][in][kernel…]` with padded channel counts.
void etude_blocked_weights(
    const EtudeBlockedConvolution *shape, const float *x, const float *gradient, float *out);

// ---- WinogradConvolution.c

/// Whether it computes this: stride 1, no dilation, 3 taps on x and at most 16 pairs of the other two
/// axes' taps, blocks of 8.
int etude_has_winograd_convolution(const EtudeBlockedConvolution *shape);

/// How many numbers the packed weights take, and the scratch memory of all threads.
int64_t etude_winograd_weights(const EtudeBlockedConvolution *shape);
int64_t etude_winograd_scratch(const EtudeBlockedConvolution *shape, int isBackward);

/// As `etude_pack_blocked_convolution`.
void etude_pack_winograd_convolution(
    const EtudeBlockedConvolution *shape, int isBackward, const float *weights, float *packed);

/// What `etude_blocked_convolution` computes, with two thirds of the products.
void etude_winograd_convolution(
    const EtudeBlockedConvolution *shape, int isBackward, const float *source, const float *packed,
    float *scratch, float *target);

// ---- PlainWeights.c

/// The same from a plain input of few `channels`, as `[out][channels][kernel…]` with padded outputs.
/// Kernels of 3 with padding 1 and no dilation; `inBlocks` is not read.
void etude_plain_weights(
    const EtudeBlockedConvolution *shape, int64_t channels, const float *x, const float *gradient,
    float *out);

// ---- Dice.c

typedef enum { ETUDE_IDENTITY = 0, ETUDE_SIGMOID = 1, ETUDE_SOFTMAX = 2 } EtudeProbability;

typedef struct {
  int64_t batch, channels, voxels;
  int32_t probability;  // EtudeProbability
  /// The target is class numbers `[batch][1][voxels]` rather than `[batch][channels][voxels]`.
  int32_t classTarget;
  int32_t squared;
  int32_t parts;
} EtudeDice;

/// Σ t·p, Σ p (or p²) and Σ t (or t²), each `[batch][channels]`. Returns the largest class number
/// found outside `0 ..< channels`, or -1 when there is none (-2 for a negative one).
int64_t etude_dice_sums(
    const EtudeDice *dice, const float *prediction, const float *target, double *overlap,
    double *predicted, double *actual);

/// The gradient of Σ byOverlap·Σt·p + byPredicted·Σp(²) with respect to the prediction.
void etude_dice_backward(
    const EtudeDice *dice, const float *prediction, const float *target, const float *byOverlap,
    const float *byPredicted, float *out);

/// Softmax or sigmoid over channels, `[batch][channels][voxels]`.
void etude_probability(const EtudeDice *dice, const float *prediction, float *out);
