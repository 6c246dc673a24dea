// Between the plain layout `[batch][channel][voxel]` and the blocked one
// `[batch][block][voxel][width]`: 16 x 16 transpositions in registers. Bound: memory, one read and one
// write; about half of it is reached.
#include <string.h>

#include "CKernels.h"
#include "Transpose.h"
#include "Vector.h"

struct Reorder {
  const void *from;
  void *to;
  int fromBf16, toBf16;
  int64_t batch, channels, voxels, width;
};

// Work is counted in tiles of 16 voxels by one block of channels; a block of 8 is half a vector.
INLINE void blockRange(const struct Reorder *p, int part, int parts, int fromBf16, int toBf16) {
  int64_t width = p->width, blocks = (p->channels + width - 1) / width;
  int64_t columns = (p->voxels + 15) / 16, first, last;
  rangeOf(p->batch * blocks * columns, 1, part, parts, &first, &last);
  for (int64_t tile = first; tile < last; tile++) {
    int64_t line = tile / columns, voxel = tile % columns * 16;
    int64_t item = line / blocks, block = line % blocks;
    int64_t wide = p->voxels - voxel < 16 ? p->voxels - voxel : 16;
    int64_t real = p->channels - block * width < width ? p->channels - block * width : width;
    int64_t plain = (item * p->channels + block * width) * p->voxels + voxel;
    v16 rows[16];
    for (int c = 0; c < 16; c++) {
      rows[c] = splat(0);
      if (c >= real) continue;
      int64_t at = plain + c * p->voxels;
      rows[c] = wide == 16 ? loadAs(p->from, at, fromBf16) : loadSome(p->from, at, wide, fromBf16);
    }
    transpose(rows);
    int64_t blocked = (line * p->voxels + voxel) * width;
    for (int v = 0; v < wide; v++) {
      if (width == 16)
        storeAs(p->to, blocked + v * 16, rows[v], toBf16);
      else if (width == 8 && !toBf16)
        storeHalf((float *)p->to + blocked + v * 8, rows[v]);
      else
        storeSome(p->to, blocked + v * width, width, rows[v], toBf16);
    }
  }
}

INLINE void plainRange(const struct Reorder *p, int part, int parts, int fromBf16, int toBf16) {
  int64_t width = p->width, blocks = (p->channels + width - 1) / width;
  int64_t columns = (p->voxels + 15) / 16, first, last;
  rangeOf(p->batch * blocks * columns, 1, part, parts, &first, &last);
  for (int64_t tile = first; tile < last; tile++) {
    int64_t line = tile / columns, voxel = tile % columns * 16;
    int64_t item = line / blocks, block = line % blocks;
    int64_t wide = p->voxels - voxel < 16 ? p->voxels - voxel : 16;
    int64_t real = p->channels - block * width < width ? p->channels - block * width : width;
    int64_t blocked = (line * p->voxels + voxel) * width;
    v16 rows[16];
    for (int v = 0; v < 16; v++) {
      rows[v] = splat(0);
      if (v >= wide) continue;
      if (width == 16)
        rows[v] = loadAs(p->from, blocked + v * 16, fromBf16);
      else if (width == 8 && !fromBf16)
        rows[v] = loadHalf((const float *)p->from + blocked + v * 8);
      else
        rows[v] = loadSome(p->from, blocked + v * width, width, fromBf16);
    }
    transpose(rows);
    int64_t plain = (item * p->channels + block * width) * p->voxels + voxel;
    for (int c = 0; c < real; c++) {
      int64_t at = plain + c * p->voxels;
      if (wide == 16)
        storeAs(p->to, at, rows[c], toBf16);
      else
        storeSome(p->to, at, wide, rows[c], toBf16);
    }
  }
}

#define REORDER(name, range) \
  CLONES static void name##FF(const struct Reorder *p, int part, int parts) { \
    range(p, part, parts, 0, 0); \
  } \
  CLONES static void name##FH(const struct Reorder *p, int part, int parts) { \
    range(p, part, parts, 0, 1); \
  } \
  CLONES static void name##HF(const struct Reorder *p, int part, int parts) { \
    range(p, part, parts, 1, 0); \
  } \
  CLONES static void name##HH(const struct Reorder *p, int part, int parts) { \
    range(p, part, parts, 1, 1); \
  } \
  static void name##Task(void *context, int part, int parts) { \
    const struct Reorder *p = context; \
    if (p->fromBf16) \
      (p->toBf16 ? name##HH : name##HF)(p, part, parts); \
    else \
      (p->toBf16 ? name##FH : name##FF)(p, part, parts); \
  }
REORDER(block, blockRange)
REORDER(plain, plainRange)

void etude_plain_to_blocked(
    const void *plain, int plainBf16, void *blocked, int blockedBf16, int64_t batch,
    int64_t channels, int64_t voxels, int64_t width, int parts) {
  struct Reorder p = {plain, blocked, plainBf16, blockedBf16, batch, channels, voxels, width};
  etude_parallel(parts, blockTask, &p);
}

void etude_blocked_to_plain(
    const void *blocked, int blockedBf16, void *plain, int plainBf16, int64_t batch,
    int64_t channels, int64_t voxels, int64_t width, int parts) {
  struct Reorder p = {blocked, plain, blockedBf16, plainBf16, batch, channels, voxels, width};
  etude_parallel(parts, plainTask, &p);
}

struct Copy {
  const char *from;
  char *to;
  int64_t fromStride, toStride, bytes, count;
};

static void copyTask(void *context, int part, int parts) {
  const struct Copy *p = context;
  int64_t first, last;
  rangeOf(p->bytes * p->count, 4096, part, parts, &first, &last);
  while (first < last) {
    int64_t item = first / p->bytes, offset = first % p->bytes;
    int64_t size = p->bytes - offset < last - first ? p->bytes - offset : last - first;
    memcpy(p->to + item * p->toStride + offset, p->from + item * p->fromStride + offset,
           (size_t)size);
    first += size;
  }
}

void etude_copy_items(
    const void *from, int64_t fromStride, void *to, int64_t toStride, int64_t bytes, int64_t count,
    int parts) {
  struct Copy p = {from, to, fromStride, toStride, bytes, count};
  if (bytes > 0) etude_parallel(bytes * count < 65536 ? 1 : parts, copyTask, &p);
}
