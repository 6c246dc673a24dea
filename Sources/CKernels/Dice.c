// Softmax or sigmoid with the Dice loss's sums, and their gradient, each in one pass: probabilities are
// made again instead of kept. Layout: plain, `[batch][channel][voxel]`, 16 voxels of every channel at
// once. Bound: the exponentials, some 20 operations a number; of the memory's rate 16 to 19 % is reached
// forward and 33 to 38 % backward.
#include <stdlib.h>

#include "CKernels.h"
#include "Vector.h"

struct Task {
  const EtudeDice *dice;
  const float *prediction, *target;
  const float *byOverlap, *byPredicted;
  float *out;
  double *partial;  // [part][item][channel][3]
  int64_t *wrong;   // [part]
};

// 16 voxels of every channel, as probabilities.
INLINE void probabilities(
    const EtudeDice *d, const float *x, int64_t at, int64_t left, v16 *p) {
  for (int64_t c = 0; c < d->channels; c++)
    p[c] = left >= 16 ? load(x + at + c * d->voxels) : loadSome(x, at + c * d->voxels, left, 0);
  if (d->probability == ETUDE_SIGMOID) {
    for (int64_t c = 0; c < d->channels; c++) p[c] = 1.0f / (1.0f + exponential(-p[c]));
  } else if (d->probability == ETUDE_SOFTMAX) {
    v16 most = p[0], sum = {};
    for (int64_t c = 1; c < d->channels; c++) most = choose((i16)(p[c] > most), p[c], most);
    for (int64_t c = 0; c < d->channels; c++) {
      p[c] = exponential(p[c] - most);
      sum += p[c];
    }
    v16 inverse = 1.0f / sum;
    for (int64_t c = 0; c < d->channels; c++) p[c] *= inverse;
  }
}

INLINE v16 targetOf(
    const EtudeDice *d, const float *target, int64_t item, int64_t c, int64_t voxel, int64_t left) {
  int64_t at = (d->classTarget ? item : item * d->channels + c) * d->voxels + voxel;
  v16 t = left >= 16 ? load(target + at) : loadSome(target, at, left, 0);
  if (!d->classTarget) return t;
  // Class numbers are cut to whole ones, as torch's `.long()` does.
  v16 whole = __builtin_convertvector(__builtin_convertvector(t, i16), v16);
  return choose((i16)(whole == splat((float)c)), splat(1), splat(0));
}

// The voxels of one item that are a part's; calls do not span items.
#define EACH_TILE(task, part, parts) \
  int64_t columns_ = ((task)->dice->voxels + 15) / 16, first_, last_; \
  rangeOf((task)->dice->batch * columns_, 1, part, parts, &first_, &last_); \
  for (int64_t tile = first_; tile < last_; tile++)

INLINE void sumsRange(const struct Task *task, int part, int parts) {
  const EtudeDice *d = task->dice;
  int64_t wrong = -1, channels = d->channels;
  v16 *p = aligned_alloc(64, (size_t)(channels * 4) * sizeof(v16));
  if (!p) abort();
  v16 *sums = p + channels;  // [channel][3]
  for (int64_t k = 0; k < channels * 3; k++) sums[k] = splat(0);
  int64_t inChunk = 0, item = 0;
  double *partial = task->partial + part * d->batch * channels * 3;
  EACH_TILE(task, part, parts) {
    if (inChunk == 64 || (inChunk > 0 && tile / columns_ != item)) {
      for (int64_t k = 0; k < channels * 3; k++) {
        partial[item * channels * 3 + k] += (double)sumLanes(sums[k]);
        sums[k] = splat(0);
      }
      inChunk = 0;
    }
    item = tile / columns_;
    inChunk++;
    int64_t voxel = tile % columns_ * 16, left = d->voxels - voxel;
    probabilities(d, task->prediction, item * channels * d->voxels + voxel, left, p);
    v16 inside = splat(1);
    if (left < 16)
      for (int64_t v = left; v < 16; v++) inside[v] = 0;
    if (d->classTarget) {
      const float *t = task->target + item * d->voxels + voxel;
      v16 t16 = left >= 16 ? load(t) : loadSome(t, 0, left, 0);
      i16 out = (i16)(t16 <= splat(-1)) | (i16)(t16 >= splat((float)channels)) | (i16)(t16 != t16);
      int any = 0;
      for (int v = 0; v < 16; v++) any |= out[v];
      if (any)
        for (int v = 0; v < 16; v++)
          if (out[v]) wrong = t16[v] >= 0 ? (int64_t)t16[v] > wrong ? (int64_t)t16[v] : wrong : -2;
    }
    for (int64_t c = 0; c < channels; c++) {
      v16 t = targetOf(d, task->target, item, c, voxel, left) * inside, q = p[c] * inside;
      sums[c * 3] += t * q;
      sums[c * 3 + 1] += d->squared ? q * q : q;
      sums[c * 3 + 2] += d->squared ? t * t : t;
    }
  }
  if (inChunk > 0)
    for (int64_t k = 0; k < channels * 3; k++)
      partial[item * channels * 3 + k] += (double)sumLanes(sums[k]);
  task->wrong[part] = wrong;
  free(p);
}

CLONES static void sumsOf(const struct Task *task, int part, int parts) {
  sumsRange(task, part, parts);
}
static void sumsTask(void *context, int part, int parts) { sumsOf(context, part, parts); }

int64_t etude_dice_sums(
    const EtudeDice *d, const float *prediction, const float *target, double *overlap,
    double *predicted, double *actual) {
  int64_t count = d->batch * d->channels;
  struct Task task = {
      .dice = d, .prediction = prediction, .target = target,
      .partial = calloc((size_t)(d->parts * count * 3), sizeof(double)),
      .wrong = calloc((size_t)d->parts, sizeof(int64_t))};
  etude_parallel(d->parts, sumsTask, &task);
  int64_t wrong = -1;
  for (int part = 0; part < d->parts; part++)
    if (task.wrong[part] != -1) wrong = task.wrong[part];
  for (int64_t k = 0; k < count; k++) {
    overlap[k] = predicted[k] = actual[k] = 0;
    for (int part = 0; part < d->parts; part++) {
      const double *partial = task.partial + (part * count + k) * 3;
      overlap[k] += partial[0];
      predicted[k] += partial[1];
      actual[k] += partial[2];
    }
  }
  free(task.partial);
  free(task.wrong);
  return wrong;
}

INLINE void backwardRange(const struct Task *task, int part, int parts) {
  const EtudeDice *d = task->dice;
  int64_t channels = d->channels;
  v16 *p = aligned_alloc(64, (size_t)(channels * 2) * sizeof(v16));
  if (!p) abort();
  v16 *g = p + channels;
  EACH_TILE(task, part, parts) {
    int64_t item = tile / columns_, voxel = tile % columns_ * 16, left = d->voxels - voxel;
    int64_t base = item * channels * d->voxels + voxel;
    probabilities(d, task->prediction, base, left, p);
    v16 mean = {};
    for (int64_t c = 0; c < channels; c++) {
      v16 t = targetOf(d, task->target, item, c, voxel, left);
      v16 byPredicted = splat(task->byPredicted[item * channels + c]);
      g[c] = t * task->byOverlap[item * channels + c] +
             (d->squared ? byPredicted * p[c] * 2.0f : byPredicted);
      mean += g[c] * p[c];
    }
    for (int64_t c = 0; c < channels; c++) {
      v16 out = g[c];
      if (d->probability == ETUDE_SOFTMAX) out = p[c] * (g[c] - mean);
      if (d->probability == ETUDE_SIGMOID) out = g[c] * p[c] * (1.0f - p[c]);
      if (left >= 16)
        store(task->out + base + c * d->voxels, out);
      else
        storeSome(task->out, base + c * d->voxels, left, out, 0);
    }
  }
  free(p);
}

CLONES static void backwardOf(const struct Task *task, int part, int parts) {
  backwardRange(task, part, parts);
}
static void backwardTask(void *context, int part, int parts) { backwardOf(context, part, parts); }

void etude_dice_backward(
    const EtudeDice *d, const float *prediction, const float *target, const float *byOverlap,
    const float *byPredicted, float *out) {
  struct Task task = {
      .dice = d, .prediction = prediction, .target = target, .byOverlap = byOverlap,
      .byPredicted = byPredicted, .out = out};
  etude_parallel(d->parts, backwardTask, &task);
}

INLINE void probabilityRange(const struct Task *task, int part, int parts) {
  const EtudeDice *d = task->dice;
  v16 *p = aligned_alloc(64, (size_t)d->channels * sizeof(v16));
  if (!p) abort();
  EACH_TILE(task, part, parts) {
    int64_t voxel = tile % columns_ * 16, left = d->voxels - voxel;
    int64_t base = tile / columns_ * d->channels * d->voxels + voxel;
    probabilities(d, task->prediction, base, left, p);
    for (int64_t c = 0; c < d->channels; c++)
      if (left >= 16)
        store(task->out + base + c * d->voxels, p[c]);
      else
        storeSome(task->out, base + c * d->voxels, left, p[c], 0);
  }
  free(p);
}

CLONES static void probabilityOf(const struct Task *task, int part, int parts) {
  probabilityRange(task, part, parts);
}
static void probabilityTask(void *context, int part, int parts) {
  probabilityOf(context, part, parts);
}

void etude_probability(const EtudeDice *d, const float *prediction, float *out) {
  struct Task task = {.dice = d, .prediction = prediction, .out = out};
  etude_parallel(d->parts, probabilityTask, &task);
}
