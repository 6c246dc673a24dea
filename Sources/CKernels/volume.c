// Loops over voxels of host-side images, planes of a channel one after another. Everything that is made
// between input and output of one function stays in a block of 2048 voxels, within the first-level
// cache. Bound: memory; in the softmax also the exponentials. docs/performance.md says what of it argmax,
// softmax and Dice reach.
#include "volume.h"

#include <math.h>
#include <string.h>

#include "Clones.h"

// Products and sums round separately, as in the reference.
#pragma STDC FP_CONTRACT OFF

enum { BLOCK = 2048 };

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

CLONES void etude_scale(
    const float *in, float *out, ptrdiff_t count, const etude_scaling *scaling) {
  const etude_scaling s = *scaling;
  const float low = s.clip_low ? s.low : -INFINITY, high = s.clip_high ? s.high : INFINITY;
  if (s.rescale)
    for (ptrdiff_t i = 0; i < count; i++) {
      float x = (in[i] - s.subtract) / s.divide * s.multiply + s.add;
      x = x < low ? low : x;
      out[i] = x > high ? high : x;
    }
  else
    for (ptrdiff_t i = 0; i < count; i++) {
      float x = (in[i] - s.subtract) / s.divide;
      x = x < low ? low : x;
      out[i] = x > high ? high : x;
    }
}

CLONES void etude_shift(const float *in, float *out, ptrdiff_t count, float offset) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = in[i] + offset;
}

CLONES static int any_positive(const float *row, ptrdiff_t count) {
  int any = 0;
  for (ptrdiff_t i = 0; i < count; i++) any |= row[i] > 0;
  return any;
}

void etude_bounding_box(
    const float *in, const ptrdiff_t shape[3], ptrdiff_t begin, ptrdiff_t end, ptrdiff_t box[6]) {
  for (ptrdiff_t x = begin; x < end; x++)
    for (ptrdiff_t y = 0; y < shape[1]; y++) {
      const float *row = in + (x * shape[1] + y) * shape[2];
      if (!any_positive(row, shape[2])) continue;
      if (x < box[0]) box[0] = x;
      if (x + 1 > box[1]) box[1] = x + 1;
      if (y < box[2]) box[2] = y;
      if (y + 1 > box[3]) box[3] = y + 1;
      ptrdiff_t first = 0, last = shape[2] - 1;
      while (first < box[4] && !(row[first] > 0)) first++;
      while (last >= box[5] && !(row[last] > 0)) last--;
      if (first < box[4]) box[4] = first;
      if (last + 1 > box[5]) box[5] = last + 1;
    }
}

CLONES void etude_classes(
    const etude_class_source *source, ptrdiff_t begin, ptrdiff_t end, uint8_t *classes) {
  const ptrdiff_t count = end - begin;
  const float threshold = source->threshold;
  if (source->image == NULL)
    memset(classes, 2, (size_t)count);
  else
    memset(classes, 0, (size_t)count);
  for (ptrdiff_t c = 0; source->image != NULL && c < source->image_channels; c++) {
    const float *image = source->image + c * source->voxels + begin;
    for (ptrdiff_t i = 0; i < count; i++)
      classes[i] = (uint8_t)(classes[i] | (image[i] > threshold ? 2 : 0));
  }
  for (ptrdiff_t c = 0; c < source->label_channels; c++) {
    const float *label = source->label + c * source->voxels + begin;
    for (ptrdiff_t i = 0; i < count; i++)
      classes[i] = label[i] != 0 ? 1 : classes[i];
  }
}

CLONES static void count_marks(const uint8_t *classes, ptrdiff_t count, int64_t counts[2]) {
  int32_t foreground = 0, background = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    foreground += classes[i] == 1;
    background += classes[i] == 2;
  }
  counts[0] += foreground;
  counts[1] += background;
}

void etude_count_classes(
    const etude_class_source *source, ptrdiff_t begin, ptrdiff_t end, int64_t counts[2]) {
  uint8_t classes[BLOCK];
  for (ptrdiff_t start = begin; start < end; start += BLOCK) {
    const ptrdiff_t stop = smaller(start + BLOCK, end);
    etude_classes(source, start, stop, classes);
    count_marks(classes, stop - start, counts);
  }
}

void etude_copy_strided(
    const float *in, const ptrdiff_t in_strides[4], float *out, const ptrdiff_t out_strides[4],
    const ptrdiff_t shape[4], ptrdiff_t begin, ptrdiff_t end) {
  const ptrdiff_t step = in_strides[3], out_step = out_strides[3];
  for (ptrdiff_t plane = begin; plane < end; plane++) {
    const ptrdiff_t a = plane / shape[1], b = plane % shape[1];
    for (ptrdiff_t c = 0; c < shape[2]; c++) {
      const float *from = in + a * in_strides[0] + b * in_strides[1] + c * in_strides[2];
      float *to = out + a * out_strides[0] + b * out_strides[1] + c * out_strides[2];
      if (step == 1 && out_step == 1)
        memcpy(to, from, (size_t)shape[3] * sizeof(float));
      else if (step == -1 && out_step == 1)
        for (ptrdiff_t d = 0; d < shape[3]; d++) to[d] = from[-d];
      else
        for (ptrdiff_t d = 0; d < shape[3]; d++) to[d * out_step] = from[d * step];
    }
  }
}

static void fill(float *out, ptrdiff_t count, float value) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = value;
}

void etude_crop(
    const float *in, float *out, const etude_box *box, ptrdiff_t begin, ptrdiff_t end) {
  const ptrdiff_t *shape = box->shape, *size = box->size, *start = box->start;
  ptrdiff_t low = start[2] < 0 ? smaller(-start[2], size[2]) : 0;
  ptrdiff_t high = smaller(shape[2] - start[2], size[2]);
  if (high < low) high = low;
  for (ptrdiff_t plane = begin; plane < end; plane++) {
    const ptrdiff_t channel = plane / size[0], x = plane % size[0] + start[0];
    float *to = out + plane * size[1] * size[2];
    for (ptrdiff_t row = 0; row < size[1]; row++, to += size[2]) {
      const ptrdiff_t y = row + start[1];
      if (x < 0 || x >= shape[0] || y < 0 || y >= shape[1]) {
        fill(to, size[2], box->outside);
        continue;
      }
      const float *from = in + ((channel * shape[0] + x) * shape[1] + y) * shape[2] + start[2];
      fill(to, low, box->outside);
      if (high > low) memcpy(to + low, from + low, (size_t)(high - low) * sizeof(float));
      fill(to + high, size[2] - high, box->outside);
    }
  }
}

CLONES static void block_argmax(
    const float *in, ptrdiff_t channels, ptrdiff_t stride, ptrdiff_t count, float *channel) {
  float best[BLOCK];
  memcpy(best, in, (size_t)count * sizeof(float));
  for (ptrdiff_t i = 0; i < count; i++) channel[i] = 0;
  for (ptrdiff_t c = 1; c < channels; c++) {
    const float *plane = in + c * stride;
    for (ptrdiff_t i = 0; i < count; i++) {
      const float x = plane[i], b = best[i];
      const int wins = (x > b) | ((x != x) & (b == b));
      best[i] = wins ? x : b;
      channel[i] = wins ? (float)c : channel[i];
    }
  }
}

void etude_argmax(
    const float *in, ptrdiff_t channels, ptrdiff_t count, ptrdiff_t begin, ptrdiff_t end,
    float *out) {
  for (ptrdiff_t start = begin; start < end; start += BLOCK)
    block_argmax(in + start, channels, count, smaller(BLOCK, end - start), out + start);
}

CLONES static void spread(const float *channel, ptrdiff_t count, float wanted, float *out) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = channel[i] == wanted ? 1.0f : 0.0f;
}

void etude_argmax_one_hot(
    const float *in, ptrdiff_t channels, ptrdiff_t count, ptrdiff_t begin, ptrdiff_t end,
    ptrdiff_t classes, float *out) {
  float channel[BLOCK];
  for (ptrdiff_t start = begin; start < end; start += BLOCK) {
    const ptrdiff_t size = smaller(BLOCK, end - start);
    block_argmax(in + start, channels, count, size, channel);
    for (ptrdiff_t c = 0; c < classes; c++)
      spread(channel, size, (float)c, out + c * count + start);
  }
}

CLONES static int truncated_labels(
    const float *in, ptrdiff_t count, float classes, float *labels) {
  int outside = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    const float label = truncf(in[i]);
    outside |= !(label >= 0 && label < classes);
    labels[i] = label;
  }
  return outside;
}

ptrdiff_t etude_one_hot(
    const float *in, ptrdiff_t count, ptrdiff_t begin, ptrdiff_t end, ptrdiff_t classes,
    float *out) {
  float labels[BLOCK];
  for (ptrdiff_t start = begin; start < end; start += BLOCK) {
    const ptrdiff_t size = smaller(BLOCK, end - start);
    if (truncated_labels(in + start, size, (float)classes, labels))
      for (ptrdiff_t i = 0; i < size; i++)
        if (!(labels[i] >= 0 && labels[i] < (float)classes)) return start + i;
    for (ptrdiff_t c = 0; c < classes; c++) spread(labels, size, (float)c, out + c * count + start);
  }
  return -1;
}

CLONES void etude_threshold(const float *in, float *out, ptrdiff_t count, float threshold) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = in[i] >= threshold ? 1.0f : 0.0f;
}

CLONES void etude_round(const float *in, float *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = rintf(in[i]);
}

void etude_sigmoid(const float *in, float *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = 1.0f / (1.0f + expf(-in[i]));
}

// exp for softmax: arguments are ≤ 0. Cody and Waite's reduction by ln 2, then a polynomial of
// degree 6 on [-ln 2 / 2, ln 2 / 2]; relative error below 1e-7, 0 below -87.
CLONES static void exp_minus(float *values, const float *largest, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) {
    const float given = values[i] - largest[i];
    const float x = given < -87.0f ? -87.0f : given;
    const float n = rintf(x * 1.44269504f);
    const float r = (x - n * 0.693145752f) - n * 1.42860677e-6f;
    float p = 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const int32_t bits = ((int32_t)n + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    values[i] = given < -87.0f ? 0.0f : p * scale;
  }
}

CLONES static void larger(const float *in, float *largest, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) largest[i] = in[i] > largest[i] ? in[i] : largest[i];
}

CLONES static void add(const float *in, float *sum, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) sum[i] += in[i];
}

CLONES void etude_divide(float *values, const float *by, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) values[i] /= by[i];
}

void etude_softmax(
    const float *in, ptrdiff_t channels, ptrdiff_t count, ptrdiff_t begin, ptrdiff_t end,
    float *out) {
  float largest[BLOCK], sum[BLOCK];
  for (ptrdiff_t start = begin; start < end; start += BLOCK) {
    const ptrdiff_t size = smaller(BLOCK, end - start);
    memcpy(largest, in + start, (size_t)size * sizeof(float));
    memset(sum, 0, sizeof sum);
    for (ptrdiff_t c = 1; c < channels; c++) larger(in + c * count + start, largest, size);
    for (ptrdiff_t c = 0; c < channels; c++) {
      float *target = out + c * count + start;
      memcpy(target, in + c * count + start, (size_t)size * sizeof(float));
      exp_minus(target, largest, size);
      add(target, sum, size);
    }
    for (ptrdiff_t c = 0; c < channels; c++) etude_divide(out + c * count + start, sum, size);
  }
}

CLONES static void block_overlap(
    const float *p, const float *t, ptrdiff_t count, etude_overlap *sums) {
  // Sums of at most BLOCK values in float lanes; whole numbers stay exact.
  float prediction = 0, label = 0, both = 0;
  int odd_p = 0, odd_t = 0;
  {
#pragma clang fp reassociate(on)
    for (ptrdiff_t i = 0; i < count; i++) {
      prediction += p[i];
      label += t[i];
      both += p[i] * t[i];
      odd_p |= !(p[i] >= 0 && p[i] < 256 && p[i] == truncf(p[i]));
      odd_t |= !(t[i] >= 0 && t[i] < 256 && t[i] == truncf(t[i]));
    }
  }
  sums->prediction += prediction;
  sums->label += label;
  sums->both += both;
  sums->binary_prediction &= !odd_p;
  sums->binary_label &= !odd_t;
}

void etude_overlap_sums(
    const float *prediction, const float *label, ptrdiff_t count, etude_overlap *sums) {
  *sums = (etude_overlap){.binary_prediction = 1, .binary_label = 1};
  for (ptrdiff_t start = 0; start < count; start += BLOCK)
    block_overlap(prediction + start, label + start, smaller(BLOCK, count - start), sums);
}

CLONES static int32_t block_equal(
    const float *a, const float *b, ptrdiff_t count, int *odd_a, int *odd_b) {
  int32_t equal = 0;
  int other_a = 0, other_b = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    equal += a[i] == b[i];
    other_a |= (a[i] != 0) & (a[i] != 1);
    other_b |= (b[i] != 0) & (b[i] != 1);
  }
  *odd_a |= other_a;
  *odd_b |= other_b;
  return equal;
}

int64_t etude_count_equal(
    const float *a, const float *b, ptrdiff_t count, int *binary_a, int *binary_b) {
  int64_t equal = 0;
  int odd_a = 0, odd_b = 0;
  for (ptrdiff_t start = 0; start < count; start += BLOCK)
    equal += block_equal(a + start, b + start, smaller(BLOCK, count - start), &odd_a, &odd_b);
  *binary_a = !odd_a;
  *binary_b = !odd_b;
  return equal;
}

CLONES void etude_accumulate(
    const float *value, const float *weight, float *sum, float *weights, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) sum[i] += weight[i] * value[i];
  if (weights != NULL)
    for (ptrdiff_t i = 0; i < count; i++) weights[i] += weight[i];
}
