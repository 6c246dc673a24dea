// Convolutions of blocked float32 activations by Winograd's minimal filtering F(2, 3) along x (Winograd,
// 1980; Lavin and Gray, 2016): 4 products for two neighbouring outputs instead of 6. With inputs
// d0…d3 and taps g0…g2 these are, summed over the source channels and the taps of z and y,
//
//   m0 = (d0 − d2)·g0                      y0 = m0 + m1 + m2
//   m1 = (d1 + d2)·(g0 + g1 + g2) / 2      y1 = m1 − m2 − m3
//   m2 = (d2 − d1)·(g0 − g1 + g2) / 2
//   m3 = (d1 − d3)·g2
//
// Layout: activations `[batch][block][z][y][x][8]`; weights packed as `[target vector][product][z tap]
// [y tap][source channel][lanes]`, a target vector being two blocks, or one where they are odd. A chunk
// of z and y rows is turned into `[product][row][pair][channel]` in scratch memory of the thread, and
// serves up to four target vectors.
//
// Bound: arithmetic. A tile of six pairs times 16 channels, or of eight times 8, stays in registers.
// Reached on AVX2 and two threads: 50 % of the units' throughput (`Workloads kernels`, 16 channels to
// 16), which is as if direct products reached 75 %.
#include "CKernels.h"
#include "Vector.h"

enum {
  block = 8,
  taps = 3,
  products = 4,
  mostVectors = 4,       // that one turned chunk serves
  mostTapRows = 16,      // one for each tap of z and y
  mostRows = 4,          // of output in a chunk, along z and along y
  mostScratch = 1 << 16  // numbers a thread turns at once, unless a single row takes more
};

// How rows are cut into chunks.
struct Chunks {
  int64_t z, y;            // output rows of one chunk
  int64_t zCount, yCount;  // chunks along each axis
  int64_t pairs, perRow;   // pairs of outputs in a row; numbers of one product of one row
  int64_t rows;            // source rows of one chunk
};

struct Plan {
  const EtudeBlockedConvolution *shape;
  const float *source, *weights;
  float *target, *scratch;
  int64_t channels, tapRows, lanes, vectors, groups;
  struct Chunks chunks;
};

// The turned rows and weights that one output row adds up, those of the first product.
struct Terms {
  const float *rows[mostTapRows], *weights[mostTapRows];
  int count;
  int64_t channels, nextRow, nextWeight;  // the last two: numbers from one product to the next
};

// `T` pairs of outputs from `first` on, of a row of `width` voxels; `second` is where the other block
// of a pair of blocks goes. Each is a function of its own, so that its sums get all registers.
#define TILE(name, vector, unaligned, LANES, T)                                                    \
  CLONES static void name##T(                                                                      \
      const struct Terms *terms, int64_t first, int64_t width, float *line, float *second) {       \
    (void)second;                                                                                  \
    const int64_t channels = terms->channels;                                                      \
    vector even[T], odd[T];                                                                        \
    for (int product = 0; product < products; product++) {                                         \
      vector sums[T] = {0};                                                                        \
      for (int i = 0; i < terms->count; i++) {                                                     \
        const float *row = terms->rows[i] + product * terms->nextRow + first * channels;           \
        const float *w = terms->weights[i] + product * terms->nextWeight;                          \
        _Pragma("clang loop unroll(disable)") for (int64_t c = 0; c < channels; c++, w += LANES) { \
          const vector weight = *(const unaligned *)w;                                             \
          _Pragma("clang loop unroll(full)") for (int t = 0; t < T; t++) sums[t] +=                \
              weight * row[t * channels + c];                                                      \
        }                                                                                          \
      }                                                                                            \
      for (int t = 0; t < T; t++) {                                                                \
        even[t] = product == 0 ? sums[t] : product == 3 ? even[t] : even[t] + sums[t];             \
        odd[t] = product == 0 ? (vector){0} : product == 1 ? sums[t] : odd[t] - sums[t];           \
      }                                                                                            \
    }                                                                                              \
    for (int t = 0; t < T; t++)                                                                    \
      for (int64_t x = 2 * (first + t), i = 0; i < 2 && x + i < width; i++) {                      \
        const float *made = (const float *)(i ? &odd[t] : &even[t]);                               \
        memcpy(line + (x + i) * block, made, block * sizeof(float));                               \
        if (LANES > block)                                                                         \
          memcpy(second + (x + i) * block, made + LANES - block, block * sizeof(float));           \
      }                                                                                            \
  }
#define PAIR(T) TILE(pair, v16, v16u, 16, T)
#define ONE(T) TILE(one, v8, v8u, 8, T)
PAIR(1) PAIR(2) PAIR(3) PAIR(4) PAIR(5) PAIR(6)
ONE(1) ONE(2) ONE(3) ONE(4) ONE(5) ONE(6) ONE(7) ONE(8)

typedef void (*Tile)(const struct Terms *, int64_t, int64_t, float *, float *);
static const Tile pairTiles[] = {pair1, pair2, pair3, pair4, pair5, pair6};
static const Tile oneTiles[] = {one1, one2, one3, one4, one5, one6, one7, one8};

// One source row of all channels, product by product.
CLONES static void turnRow(
    const struct Plan *p, const float *row, int64_t blockSize, float *to, int64_t perProduct) {
  const int64_t width = p->shape->input[2], padding = p->shape->padding[2];
  for (int64_t b = 0; b < p->channels / block; b++, row += blockSize)
    for (int64_t pair = 0; pair < p->chunks.pairs; pair++) {
      v8 d[products];
      for (int i = 0; i < products; i++) {
        const int64_t x = 2 * pair - padding + i;
        if (x >= 0 && x < width)
          memcpy(&d[i], row + x * block, sizeof d[i]);
        else
          d[i] = (v8){0};
      }
      const v8 turned[products] = {d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]};
      float *out = to + pair * p->channels + b * block;
      for (int i = 0; i < products; i++) memcpy(out + i * perProduct, &turned[i], sizeof turned[i]);
    }
}

// The rows of a chunk, those beyond the image left out.
static void turnChunk(const struct Plan *p, const float *source, int64_t z, int64_t y, float *turned) {
  const EtudeBlockedConvolution *s = p->shape;
  const int64_t *in = s->input, plane = in[1] * in[2] * block;
  const int64_t across = p->chunks.y + s->kernel[1] - 1;
  for (int64_t row = 0; row < p->chunks.rows; row++) {
    const int64_t fromZ = z - s->padding[0] + row / across, fromY = y - s->padding[1] + row % across;
    if (fromZ < 0 || fromZ >= in[0] || fromY < 0 || fromY >= in[1]) continue;
    turnRow(
        p, source + fromZ * plane + fromY * in[2] * block, in[0] * plane,
        turned + row * p->chunks.perRow, p->chunks.rows * p->chunks.perRow);
  }
}

// One output row of one target vector.
static void makeRow(
    const struct Plan *p, int64_t z, int64_t y, int64_t zInChunk, int64_t yInChunk,
    const float *turned, const float *weights, float *line, float *second) {
  const EtudeBlockedConvolution *s = p->shape;
  const struct Chunks *c = &p->chunks;
  const int64_t across = c->y + s->kernel[1] - 1;
  struct Terms terms = {
      .channels = p->channels,
      .nextRow = c->rows * c->perRow,
      .nextWeight = p->tapRows * p->channels * p->lanes,
  };
  for (int64_t a = 0; a < s->kernel[0]; a++)
    for (int64_t b = 0; b < s->kernel[1]; b++) {
      const int64_t fromZ = z - s->padding[0] + a, fromY = y - s->padding[1] + b;
      if (fromZ < 0 || fromZ >= s->input[0] || fromY < 0 || fromY >= s->input[1]) continue;
      terms.rows[terms.count] = turned + ((zInChunk + a) * across + yInChunk + b) * c->perRow;
      terms.weights[terms.count++] = weights + (a * s->kernel[1] + b) * p->channels * p->lanes;
    }
  const Tile *tiles = p->lanes == block ? oneTiles : pairTiles;
  const int64_t most = p->lanes == block ? 8 : 6, count = (c->pairs + most - 1) / most;
  for (int64_t i = 0; i < count; i++) {
    const int64_t first = c->pairs * i / count, pairs = c->pairs * (i + 1) / count - first;
    tiles[pairs - 1](&terms, first, s->output[2], line, second);
  }
}

static void chunkTask(void *context, int part, int parts) {
  const struct Plan *p = context;
  const EtudeBlockedConvolution *s = p->shape;
  const struct Chunks *c = &p->chunks;
  const int64_t *out = s->output, outBlock = out[0] * out[1] * out[2] * block;
  const int64_t inItem = s->inBlocks * s->input[0] * s->input[1] * s->input[2] * block;
  float *turned = p->scratch + part * products * c->rows * c->perRow;
  int64_t first, last;
  rangeOf(p->groups * s->batch * c->zCount * c->yCount, 1, part, parts, &first, &last);
  for (int64_t unit = first; unit < last; unit++) {
    const int64_t y = unit % c->yCount * c->y, z = unit / c->yCount % c->zCount * c->z;
    const int64_t item = unit / c->yCount / c->zCount % s->batch;
    const int64_t group = unit / c->yCount / c->zCount / s->batch;
    turnChunk(p, p->source + item * inItem, z, y, turned);
    for (int64_t v = group * mostVectors; v < (group + 1) * mostVectors && v < p->vectors; v++) {
      const float *weights = p->weights + v * products * p->tapRows * p->channels * p->lanes;
      float *target = p->target + (item * s->outBlocks + v * p->lanes / block) * outBlock;
      for (int64_t i = 0; i < c->z && z + i < out[0]; i++)
        for (int64_t j = 0; j < c->y && y + j < out[1]; j++) {
          float *line = target + ((z + i) * out[1] + y + j) * out[2] * block;
          makeRow(p, z + i, y + j, i, j, turned, weights, line, line + outBlock);
        }
    }
  }
}

static struct Chunks chunksOf(const EtudeBlockedConvolution *s) {
  struct Chunks c = {.z = mostRows, .y = mostRows, .pairs = (s->output[2] + 1) / 2};
  if (c.z > s->output[0]) c.z = s->output[0];
  if (c.y > s->output[1]) c.y = s->output[1];
  // Without outputs there is no chunk, and nothing is divided by its size.
  if (c.z < 1) c.z = 1;
  if (c.y < 1) c.y = 1;
  c.perRow = c.pairs * s->inBlocks * block;
  for (;;) {
    c.rows = (c.z + s->kernel[0] - 1) * (c.y + s->kernel[1] - 1);
    if (products * c.rows * c.perRow <= mostScratch || c.z + c.y == 2) break;
    if (c.z > c.y)
      c.z = (c.z + 1) / 2;
    else
      c.y = (c.y + 1) / 2;
  }
  c.zCount = (s->output[0] + c.z - 1) / c.z;
  c.yCount = (s->output[1] + c.y - 1) / c.y;
  return c;
}

// A data gradient is the convolution of the gradient with the weights turned round.
static EtudeBlockedConvolution seenFrom(const EtudeBlockedConvolution *s, int isBackward) {
  EtudeBlockedConvolution seen = *s;
  if (!isBackward) return seen;
  seen.inBlocks = s->outBlocks;
  seen.outBlocks = s->inBlocks;
  for (int axis = 0; axis < 3; axis++) {
    seen.input[axis] = s->output[axis];
    seen.output[axis] = s->input[axis];
    seen.padding[axis] = s->kernel[axis] - 1 - s->padding[axis];
  }
  return seen;
}

int etude_has_winograd_convolution(const EtudeBlockedConvolution *s) {
  for (int axis = 0; axis < 3; axis++)
    if (s->stride[axis] != 1 || s->dilation[axis] != 1) return 0;
  return s->width == block && s->kernel[2] == taps && s->kernel[0] * s->kernel[1] <= mostTapRows;
}

static int64_t lanesOf(int64_t targetBlocks) { return targetBlocks % 2 == 0 ? 2 * block : block; }

int64_t etude_winograd_weights(const EtudeBlockedConvolution *s) {
  return s->inBlocks * s->outBlocks * block * block * s->kernel[0] * s->kernel[1] * products;
}

int64_t etude_winograd_scratch(const EtudeBlockedConvolution *s, int isBackward) {
  const EtudeBlockedConvolution seen = seenFrom(s, isBackward);
  const struct Chunks c = chunksOf(&seen);
  return s->parts * products * c.rows * c.perRow;
}

void etude_pack_winograd_convolution(
    const EtudeBlockedConvolution *s, int isBackward, const float *weights, float *packed) {
  const int64_t ins = s->inBlocks * block, outs = s->outBlocks * block;
  const int64_t sources = isBackward ? outs : ins, targets = isBackward ? ins : outs;
  const int64_t rows = s->kernel[0] * s->kernel[1], lanes = lanesOf(targets / block);
  for (int64_t target = 0; target < targets; target++)
    for (int64_t source = 0; source < sources; source++) {
      const float *from =
          weights + (isBackward ? source * ins + target : target * ins + source) * rows * taps;
      for (int64_t row = 0; row < rows; row++) {
        const float *g = from + (isBackward ? rows - 1 - row : row) * taps;
        const float first = g[isBackward ? 2 : 0], last = g[isBackward ? 0 : 2];
        const float turned[products] = {
            first, (first + g[1] + last) / 2, (first - g[1] + last) / 2, last};
        for (int product = 0; product < products; product++) {
          const int64_t place = (target / lanes * products + product) * rows + row;
          packed[(place * sources + source) * lanes + target % lanes] = turned[product];
        }
      }
    }
}

void etude_winograd_convolution(
    const EtudeBlockedConvolution *s, int isBackward, const float *source, const float *packed,
    float *scratch, float *target) {
  const EtudeBlockedConvolution seen = seenFrom(s, isBackward);
  struct Plan plan = {
      .shape = &seen,
      .source = source,
      .weights = packed,
      .target = target,
      .scratch = scratch,
      .channels = seen.inBlocks * block,
      .tapRows = seen.kernel[0] * seen.kernel[1],
      .lanes = lanesOf(seen.outBlocks),
      .chunks = chunksOf(&seen),
  };
  plan.vectors = seen.outBlocks * block / plan.lanes;
  plan.groups = (plan.vectors + mostVectors - 1) / mostVectors;
  etude_parallel(s->parts, chunkTask, &plan);
}
