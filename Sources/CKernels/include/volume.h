#pragma once
#include <stddef.h>
#include <stdint.h>

// Loops over voxels of host-side images. Channels are planes of `count` floats, one after another.

// out = clip((in - subtract) / divide * multiply + add); every step rounds to float, as numpy does.
typedef struct {
  float subtract, divide, multiply, add, low, high;
  int rescale, clip_low, clip_high;
} etude_scaling;
void etude_scale(const float *in, float *out, ptrdiff_t count, const etude_scaling *scaling);

// out = in + offset, the sum rounded once from double or in float.
void etude_shift(const float *in, float *out, ptrdiff_t count, float offset);

// Widens box (x0, x1, y0, y1, z0, z1; half open) by the voxels > 0 in planes x of [begin, end).
void etude_bounding_box(
    const float *in, const ptrdiff_t shape[3], ptrdiff_t begin, ptrdiff_t end, ptrdiff_t box[6]);

// Foreground: any of the label's channels is not 0. Background: not foreground and, when there is an
// image, any of its channels > threshold. Marks 1, 2 or 0 for each of [begin, end).
typedef struct {
  const float *label, *image;
  ptrdiff_t label_channels, image_channels, voxels;
  float threshold;
} etude_class_source;
void etude_classes(
    const etude_class_source *source, ptrdiff_t begin, ptrdiff_t end, uint8_t *classes);
void etude_count_classes(
    const etude_class_source *source, ptrdiff_t begin, ptrdiff_t end, int64_t counts[2]);

// Copies a box between dense or strided 4-D layouts; strides count floats and may be negative. Of its
// planes over the last two axes, which are counted row-major over the first two, [begin, end).
void etude_copy_strided(
    const float *in, const ptrdiff_t in_strides[4], float *out, const ptrdiff_t out_strides[4],
    const ptrdiff_t shape[4], ptrdiff_t begin, ptrdiff_t end);

// Cuts the box of `size` that begins at `start` out of a dense [channels, spatial…] image; `outside` is
// what lies beyond its edges. Planes [begin, end) of the result, counted as above.
typedef struct {
  ptrdiff_t shape[3], start[3], size[3];
  float outside;
} etude_box;
void etude_crop(
    const float *in, float *out, const etude_box *box, ptrdiff_t begin, ptrdiff_t end);

// Channel of the largest value, the first of equals; NaN counts as largest, as in torch.
void etude_argmax(
    const float *in, ptrdiff_t channels, ptrdiff_t count, ptrdiff_t begin, ptrdiff_t end,
    float *out);
// The same, one-hot over `classes` planes of `count`.
void etude_argmax_one_hot(
    const float *in, ptrdiff_t channels, ptrdiff_t count, ptrdiff_t begin, ptrdiff_t end,
    ptrdiff_t classes, float *out);
// Labels, truncated to integers, to planes; returns the position of one outside 0..<classes, or -1.
ptrdiff_t etude_one_hot(
    const float *in, ptrdiff_t count, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t classes,
    float *out);
void etude_threshold(const float *in, float *out, ptrdiff_t count, float threshold);
// To the nearest integer, halves to even.
void etude_round(const float *in, float *out, ptrdiff_t count);
void etude_sigmoid(const float *in, float *out, ptrdiff_t count);
// Over the channels, for voxels [begin, end).
void etude_softmax(
    const float *in, ptrdiff_t channels, ptrdiff_t count, ptrdiff_t begin, ptrdiff_t end,
    float *out);

// Sums of prediction, label and their product; `binary` is cleared by what is no 0 or 1... 255.
typedef struct {
  double prediction, label, both;
  int binary_prediction, binary_label;
} etude_overlap;
void etude_overlap_sums(
    const float *prediction, const float *label, ptrdiff_t count, etude_overlap *sums);
// Equal elements; `binary` is cleared by anything that is not 0 or 1.
int64_t etude_count_equal(
    const float *a, const float *b, ptrdiff_t count, int *binary_a, int *binary_b);

// sum += weight * value, and weights += weight when there are any.
void etude_accumulate(
    const float *value, const float *weight, float *sum, float *weights, ptrdiff_t count);
void etude_divide(float *values, const float *by, ptrdiff_t count);
