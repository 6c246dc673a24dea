// Convolutions of blocked float32 activations, and their data gradients: what oneDNN does with a matrix
// product over copied patches where it has no code of its own (strides, without AVX-512).
//
// Layout: activations `[batch][block][z][y][x][width]`; weights packed as `[target vector][tap][source
// channel][lanes]`, a target vector being one block of 16 channels, two of 8, or one of 8 where they are
// odd. Each pass is a *gather*: a target voxel is the sum over those taps whose source voxel exists. In
// a data gradient with stride s the taps that reach a voxel depend on its position modulo s alone, so
// rows are done class by class and no product with a zero is computed.
//
// Bound: arithmetic. A tile of voxels times one vector of channels stays in registers while all taps
// and source channels are added; each product takes one broadcast, each vector of weights serves the
// whole tile. Reached on AVX2 and two threads: 49 % of the units' throughput (`Workloads kernels`), where
// the matrix product has 20 to 35 %. Sums go into the total row of taps by row, which also keeps their
// error small. Beyond the ends of a row zeros are read, and a row is cut into tiles of a size that fits:
// voxel by voxel there, and tiles of one size, a row of ten took up to twice as long.
#include "CKernels.h"
#include "Vector.h"

enum { mostTaps = 16 };

// The taps of one axis that reach the target positions of one class, and where from.
struct Reach {
  int64_t first, step, count;  // target positions first, first + step, …
  int64_t sourceStep;          // source positions that one target position further is
  int taps;
  int64_t tap[mostTaps], offset[mostTaps];  // source = index · sourceStep + offset
};

struct Gather {
  const EtudeBlockedConvolution *shape;
  int isBackward;
  const float *source, *weights;
  float *target;
  int64_t sourceBlocks, targetBlocks, lanes;
  const int64_t *sourceSize, *targetSize;
};

// Everything a row of one class reads.
struct Row {
  const float *lines[mostTaps * mostTaps];    // source rows of block 0, one for each tap of z and y
  const float *weights[mostTaps * mostTaps];  // weights of that tap with x tap 0
  int count;
  int64_t block;        // numbers between source blocks
  int64_t blocks;
  int64_t tapStep;      // numbers between the weights of neighbouring x taps
  int64_t sourceWidth;  // voxels
};

static void reachOf(const struct Gather *g, int axis, int64_t remainder, struct Reach *reach) {
  const EtudeBlockedConvolution *s = g->shape;
  int64_t stride = s->stride[axis];
  reach->taps = 0;
  reach->first = g->isBackward ? remainder : 0;
  reach->step = g->isBackward ? stride : 1;
  reach->sourceStep = g->isBackward ? 1 : stride;
  reach->count = (g->targetSize[axis] - reach->first + reach->step - 1) / reach->step;
  for (int64_t k = 0; k < s->kernel[axis]; k++) {
    int64_t shift = k * s->dilation[axis] - s->padding[axis], offset = shift;
    if (g->isBackward) {
      if ((remainder - shift) % stride != 0) continue;
      offset = (remainder - shift) / stride;
    }
    reach->tap[reach->taps] = k;
    reach->offset[reach->taps++] = offset;
  }
}

// What stands beyond the ends of a row.
static const float nothing[16] = {0};

// A tile of `T` neighbouring target voxels of one class, all of its taps. Each is a function of its own,
// so that its sums get all registers. `STEP` is the class's source step; `second` is where the other
// block of a pair of blocks goes.
#define TILE(name, vector, unaligned, LANES, WIDTH, T, STEP, SECOND)                               \
  CLONES static void name(                                                                         \
      const struct Row *row, const struct Reach *x, int64_t at, float *target, float *second) {    \
    (void)second;                                                                                  \
    const int64_t step = STEP;                                                                     \
    vector totals[T] = {0};                                                                        \
    for (int i = 0; i < row->count; i++) {                                                         \
      vector sums[T] = {0};                                                                        \
      for (int j = 0; j < x->taps; j++) {                                                          \
        const int64_t start = at * step + x->offset[j];                                            \
        const float *w = row->weights[i] + x->tap[j] * row->tapStep;                               \
        const int isInside = start >= 0 && start + (T - 1) * step < row->sourceWidth;              \
        for (int64_t b = 0; b < row->blocks; b++, w += WIDTH * LANES) {                            \
          const float *line = row->lines[i] + b * row->block;                                      \
          if (isInside) {                                                                          \
            const float *from = line + start * WIDTH;                                              \
            _Pragma("clang loop unroll(disable)") for (int c = 0; c < WIDTH; c++) {                \
              vector kept = *(const unaligned *)(w + c * LANES);                                   \
              _Pragma("clang loop unroll(full)") for (int t = 0; t < T; t++) sums[t] +=            \
                  kept * from[t * step * WIDTH + c];                                               \
            }                                                                                      \
          } else {                                                                                 \
            const float *from[T];                                                                  \
            _Pragma("clang loop unroll(full)") for (int t = 0; t < T; t++) {                       \
              const int64_t place = start + t * step;                                              \
              from[t] = place < 0 || place >= row->sourceWidth ? nothing : line + place * WIDTH;   \
            }                                                                                      \
            _Pragma("clang loop unroll(disable)") for (int c = 0; c < WIDTH; c++) {                \
              vector kept = *(const unaligned *)(w + c * LANES);                                   \
              _Pragma("clang loop unroll(full)") for (int t = 0; t < T; t++) sums[t] +=            \
                  kept * from[t][c];                                                               \
            }                                                                                      \
          }                                                                                        \
        }                                                                                          \
      }                                                                                            \
      _Pragma("clang loop unroll(full)") for (int t = 0; t < T; t++) totals[t] += sums[t];         \
    }                                                                                              \
    _Pragma("clang loop unroll(full)") for (int t = 0; t < T; t++) {                               \
      if (at + t >= x->count) continue;                                                            \
      const int64_t place = (x->first + (at + t) * x->step) * WIDTH;                               \
      memcpy(target + place, &totals[t], WIDTH * sizeof(float));                                   \
      if (SECOND) memcpy(second + place, (const char *)&totals[t] + 32, 32);                       \
    }                                                                                              \
  }

// Tiles for source steps of 1, 2 and any.
#define TILES(name, T, vector, unaligned, LANES, WIDTH, SECOND)                                    \
  TILE(name##T##By1, vector, unaligned, LANES, WIDTH, T, 1, SECOND)                                \
  TILE(name##T##By2, vector, unaligned, LANES, WIDTH, T, 2, SECOND)                                \
  TILE(name##T##ByAny, vector, unaligned, LANES, WIDTH, T, x->sourceStep, SECOND)
#define PAIR(T) TILES(pair, T, v16, v16u, 16, 8, 1)
#define ONE(T) TILES(one, T, v8, v8u, 8, 8, 0)
#define WIDE(T) TILES(wide, T, v16, v16u, 16, 16, 0)
PAIR(3) PAIR(4) PAIR(5) PAIR(6)
ONE(4) ONE(6) ONE(8) ONE(10) ONE(12)
WIDE(4) WIDE(6) WIDE(8) WIDE(10) WIDE(12)

typedef void (*Tile)(const struct Row *, const struct Reach *, int64_t, float *, float *);

// Tiles of one kind by size, the largest last.
struct Kind {
  struct {
    int64_t size;
    Tile bySteps[3];
  } tiles[5];
  int count;
};
#define SIZES(name, T) {T, {name##T##By1, name##T##By2, name##T##ByAny}}
static const struct Kind pairs = {
    {SIZES(pair, 3), SIZES(pair, 4), SIZES(pair, 5), SIZES(pair, 6)}, 4};
static const struct Kind ones = {
    {SIZES(one, 4), SIZES(one, 6), SIZES(one, 8), SIZES(one, 10), SIZES(one, 12)}, 5};
static const struct Kind wides = {
    {SIZES(wide, 4), SIZES(wide, 6), SIZES(wide, 8), SIZES(wide, 10), SIZES(wide, 12)}, 5};

// A row of `count` targets in as few tiles as registers allow, all of a size that fits closely.
static Tile tileFor(int64_t width, int64_t lanes, const struct Reach *x, int64_t *size) {
  const struct Kind *kind = width == 16 ? &wides : lanes == 16 ? &pairs : &ones;
  const int64_t most = kind->tiles[kind->count - 1].size, tiles = (x->count + most - 1) / most;
  int i = 0;
  while (i + 1 < kind->count && kind->tiles[i].size * tiles < x->count) i++;
  *size = kind->tiles[i].size;
  return kind->tiles[i].bySteps[x->sourceStep > 2 ? 2 : x->sourceStep - 1];
}

static void gatherTask(void *context, int part, int parts) {
  const struct Gather *g = context;
  const EtudeBlockedConvolution *s = g->shape;
  const int64_t width = s->width, lanes = g->lanes, *in = g->sourceSize, *out = g->targetSize;
  const int64_t vectors = g->targetBlocks * width / lanes, blocksEach = lanes / width;
  const int64_t taps = s->kernel[0] * s->kernel[1] * s->kernel[2];
  const int64_t perTap = g->sourceBlocks * width * lanes;
  const int64_t classes[2] = {
      g->isBackward ? s->stride[1] : 1, g->isBackward ? s->stride[2] : 1};
  int64_t first, last;
  rangeOf(s->batch * vectors * out[0], 1, part, parts, &first, &last);
  struct Row row;
  row.block = in[0] * in[1] * in[2] * width;
  row.blocks = g->sourceBlocks;
  row.tapStep = perTap;
  row.sourceWidth = in[2];
  for (int64_t unit = first; unit < last; unit++) {
    const int64_t z = unit % out[0], vector = unit / out[0] % vectors, item = unit / out[0] / vectors;
    const float *source = g->source + item * g->sourceBlocks * row.block;
    const float *weights = g->weights + vector * taps * perTap;
    float *target = g->target + ((item * g->targetBlocks + vector * blocksEach) * out[0] + z) *
                                    out[1] * out[2] * width;
    struct Reach zs, ys, xs;
    reachOf(g, 0, g->isBackward ? z % s->stride[0] : 0, &zs);
    const int64_t zAt = (z - zs.first) / zs.step;
    for (int64_t yClass = 0; yClass < classes[0]; yClass++) {
      reachOf(g, 1, yClass, &ys);
      for (int64_t yAt = 0; yAt < ys.count; yAt++) {
        row.count = 0;
        for (int a = 0; a < zs.taps; a++) {
          const int64_t sourceZ = zAt * zs.sourceStep + zs.offset[a];
          if (sourceZ < 0 || sourceZ >= in[0]) continue;
          for (int b = 0; b < ys.taps; b++) {
            const int64_t sourceY = yAt * ys.sourceStep + ys.offset[b];
            if (sourceY < 0 || sourceY >= in[1]) continue;
            row.lines[row.count] = source + (sourceZ * in[1] + sourceY) * in[2] * width;
            row.weights[row.count++] =
                weights + (zs.tap[a] * s->kernel[1] + ys.tap[b]) * s->kernel[2] * perTap;
          }
        }
        float *line = target + (ys.first + yAt * ys.step) * out[2] * width;
        for (int64_t xClass = 0; xClass < classes[1]; xClass++) {
          reachOf(g, 2, xClass, &xs);
          int64_t size;
          const Tile tile = tileFor(width, lanes, &xs, &size);
          for (int64_t at = 0; at < xs.count; at += size)
            tile(&row, &xs, at, line, line + out[0] * out[1] * out[2] * width);
        }
      }
    }
  }
}

static int64_t lanesFor(const EtudeBlockedConvolution *s, int isBackward) {
  int64_t blocks = isBackward ? s->inBlocks : s->outBlocks;
  return s->width == 16 || blocks % 2 == 0 ? 16 : 8;
}

void etude_pack_blocked_convolution(
    const EtudeBlockedConvolution *s, int isBackward, const float *weights, float *packed) {
  const int64_t taps = s->kernel[0] * s->kernel[1] * s->kernel[2];
  const int64_t ins = s->inBlocks * s->width, outs = s->outBlocks * s->width;
  const int64_t sources = isBackward ? outs : ins, targets = isBackward ? ins : outs;
  const int64_t lanes = lanesFor(s, isBackward);
  for (int64_t target = 0; target < targets; target++)
    for (int64_t source = 0; source < sources; source++) {
      const float *from =
          weights + (isBackward ? source * ins + target : target * ins + source) * taps;
      float *to = packed + (target / lanes * taps * sources + source) * lanes + target % lanes;
      for (int64_t tap = 0; tap < taps; tap++) to[tap * sources * lanes] = from[tap];
    }
}

void etude_blocked_convolution(
    const EtudeBlockedConvolution *s, int isBackward, const float *source, const float *packed,
    float *target) {
  struct Gather gather = {
      .shape = s,
      .isBackward = isBackward,
      .source = source,
      .weights = packed,
      .target = target,
      .sourceBlocks = isBackward ? s->outBlocks : s->inBlocks,
      .targetBlocks = isBackward ? s->inBlocks : s->outBlocks,
      .lanes = lanesFor(s, isBackward),
      .sourceSize = isBackward ? s->output : s->input,
      .targetSize = isBackward ? s->input : s->output,
  };
  etude_parallel(s->parts, gatherTask, &gather);
}
