// Voxels between the order and types of image files and those of tensors. Layout: first axis fastest in the
// file, last axis fastest in the tensor. Bound: memory; one thread reaches 30 % of the rate of two.
#include "voxels.h"

#include <string.h>

#include "Transpose.h"

// Scaled values round after the product and after the sum, as in the reference.
#pragma STDC FP_CONTRACT OFF

int64_t voxel_size(enum voxel_type type) {
  switch (type) {
  case VOXEL_U8: case VOXEL_I8: return 1;
  case VOXEL_U16: case VOXEL_I16: case VOXEL_BF16: return 2;
  case VOXEL_U32: case VOXEL_I32: case VOXEL_F32: return 4;
  default: return 8;
  }
}

void voxels_swap(void *data, int64_t count, int64_t size) {
  if (size == 2) {
    uint16_t *v = data;
    for (int64_t i = 0; i < count; i++) v[i] = __builtin_bswap16(v[i]);
  } else if (size == 4) {
    uint32_t *v = data;
    for (int64_t i = 0; i < count; i++) v[i] = __builtin_bswap32(v[i]);
  } else if (size == 8) {
    uint64_t *v = data;
    for (int64_t i = 0; i < count; i++) v[i] = __builtin_bswap64(v[i]);
  }
}

// Between the two orders every axis is reversed. For each place on the inner axes that is one matrix
// transposition, first axis against last. Tiles of FIRST x LAST elements go through a buffer in the
// first-level cache: volumes have power-of-two sizes, so reading rows and writing columns directly
// would fall on a few cache sets. Bound: memory, one read and one write of everything.
enum { FIRST = 32, LAST = 128 };

typedef struct {
  int64_t first, last;         // sizes of the outer two axes
  int64_t inner;               // places on the axes between
  int64_t file_last;           // step of the last axis in the file
  int64_t tensor_first;        // step of the first axis in the tensor
} shape_t;

static shape_t shape_of(const int64_t *dims, int rank) {
  shape_t s = {dims[0], 1, 1, 0, 1};
  if (rank > 1) s.last = dims[rank - 1];
  for (int i = 1; i < rank - 1; i++) s.inner *= dims[i];
  s.file_last = s.first * s.inner;
  s.tensor_first = s.inner * s.last;
  return s;
}

// Where a place on the inner axes, counted in the file's order, lies in the tensor's.
static int64_t tensor_inner(int64_t place, const int64_t *dims, int rank) {
  if (rank <= 3) return place;
  int64_t result = 0;
  for (int i = 1; i < rank - 1; i++) {
    result = result * dims[i] + place % dims[i];
    place /= dims[i];
  }
  return result;
}

static inline int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// Columns of a tile to rows of the tensor, 16 x 16 at a time.
INLINE void turn_tile(const float tile[LAST][FIRST], int64_t xs, int64_t zs, float *out,
                      int64_t step) {
  for (int64_t x = 0; x < xs; x += 16)
    for (int64_t z = 0; z < zs; z += 16) {
      v16 block[16];
      for (int i = 0; i < 16; i++) block[i] = load(&tile[z + i][x]);
      transpose(block);
      const int rows = (int)smaller(16, xs - x), columns = (int)smaller(16, zs - z);
      for (int i = 0; i < rows; i++) {
        float *to = out + (x + i) * step + z;
        if (columns == 16) store(to, block[i]);
        else memcpy(to, &block[i], (size_t)columns * sizeof(float));
      }
    }
}

#define TO_TENSOR(name, T, MATH)                                                                   \
  CLONES static void to_tensor_##name(const T *file, const int64_t *dims, int rank, int is_scaled, \
                                      double slope, double inter, int64_t from, int64_t to,        \
                                      float *tensor) {                                             \
    const shape_t s = shape_of(dims, rank);                                                        \
    const MATH m = (MATH)slope, b = (MATH)inter;                                                   \
    float tile[LAST][FIRST] = {{0}};                                                               \
    for (int64_t z0 = 0; z0 < s.last; z0 += LAST)                                                  \
      for (int64_t x0 = from; x0 < to; x0 += FIRST) {                                              \
        const int64_t zs = smaller(LAST, s.last - z0), xs = smaller(FIRST, to - x0);               \
        for (int64_t y = 0; y < s.inner; y++) {                                                    \
          const T *in = file + x0 + y * s.first + z0 * s.file_last;                                \
          for (int64_t z = 0; z < zs; z++, in += s.file_last) {                                    \
            if (is_scaled)                                                                         \
              for (int64_t x = 0; x < xs; x++) tile[z][x] = (float)((MATH)in[x] * m + b);          \
            else                                                                                   \
              for (int64_t x = 0; x < xs; x++) tile[z][x] = (float)in[x];                          \
          }                                                                                        \
          turn_tile(tile, xs, zs,                                                                  \
                    tensor + x0 * s.tensor_first + tensor_inner(y, dims, rank) * s.last + z0,      \
                    s.tensor_first);                                                               \
        }                                                                                          \
      }                                                                                            \
  }

TO_TENSOR(u8, uint8_t, float)
TO_TENSOR(i8, int8_t, float)
TO_TENSOR(u16, uint16_t, float)
TO_TENSOR(i16, int16_t, float)
TO_TENSOR(u32, uint32_t, double)
TO_TENSOR(i32, int32_t, double)
TO_TENSOR(u64, uint64_t, double)
TO_TENSOR(i64, int64_t, double)
TO_TENSOR(f32, float, float)
TO_TENSOR(f64, double, double)

void voxels_to_tensor(const void *file, enum voxel_type type, const int64_t *dims, int rank,
                      int is_scaled, double slope, double inter, int64_t from, int64_t to,
                      float *tensor) {
  switch (type) {
#define CASE(NAME, name)                                                                           \
  case VOXEL_##NAME:                                                                               \
    to_tensor_##name(file, dims, rank, is_scaled, slope, inter, from, to, tensor);                 \
    break;
    CASE(U8, u8) CASE(I8, i8) CASE(U16, u16) CASE(I16, i16) CASE(U32, u32) CASE(I32, i32)
    CASE(U64, u64) CASE(I64, i64) CASE(F32, f32) CASE(F64, f64)
#undef CASE
  case VOXEL_BF16: break;  // no image format has it
  }
}

static inline double number_at(const void *data, enum voxel_type type, int64_t i) {
  switch (type) {
  case VOXEL_U8: return ((const uint8_t *)data)[i];
  case VOXEL_I8: return ((const int8_t *)data)[i];
  case VOXEL_U16: return ((const uint16_t *)data)[i];
  case VOXEL_I16: return ((const int16_t *)data)[i];
  case VOXEL_U32: return ((const uint32_t *)data)[i];
  case VOXEL_I32: return ((const int32_t *)data)[i];
  case VOXEL_U64: return (double)((const uint64_t *)data)[i];
  case VOXEL_I64: return (double)((const int64_t *)data)[i];
  case VOXEL_F32: return ((const float *)data)[i];
  case VOXEL_F64: return ((const double *)data)[i];
  case VOXEL_BF16: {
    uint32_t bits = (uint32_t)((const uint16_t *)data)[i] << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
  }
  }
  return 0;
}

// The largest double below 2^63 and 2^64, since the limits themselves are not representable.
static inline double bounded(double value, double low, double high) {
  return value != value ? 0 : value < low ? low : value > high ? high : value;
}

static inline void put_number(void *data, enum voxel_type type, int64_t i, double v) {
  switch (type) {
  case VOXEL_U8: ((uint8_t *)data)[i] = (uint8_t)bounded(v, 0, 255); break;
  case VOXEL_I8: ((int8_t *)data)[i] = (int8_t)bounded(v, -128, 127); break;
  case VOXEL_U16: ((uint16_t *)data)[i] = (uint16_t)bounded(v, 0, 65535); break;
  case VOXEL_I16: ((int16_t *)data)[i] = (int16_t)bounded(v, -32768, 32767); break;
  case VOXEL_U32: ((uint32_t *)data)[i] = (uint32_t)bounded(v, 0, 4294967295.0); break;
  case VOXEL_I32: ((int32_t *)data)[i] = (int32_t)bounded(v, -2147483648.0, 2147483647.0); break;
  case VOXEL_U64: ((uint64_t *)data)[i] = (uint64_t)bounded(v, 0, 0x1.fffffffffffffp63); break;
  case VOXEL_I64:
    ((int64_t *)data)[i] = (int64_t)bounded(v, -0x1p63, 0x1.fffffffffffffp62);
    break;
  case VOXEL_F32: ((float *)data)[i] = (float)v; break;
  case VOXEL_F64: ((double *)data)[i] = v; break;
  case VOXEL_BF16: break;  // no image format has it
  }
}

// Inlined with constant types below, so that the switches above are gone from the loops.
INLINE void to_file(const void *tensor, enum voxel_type source, const int64_t *dims, int rank,
                    int64_t from, int64_t to, void *file, enum voxel_type target) {
  const shape_t s = shape_of(dims, rank);
  double tile[LAST][FIRST];
  for (int64_t z0 = 0; z0 < s.last; z0 += LAST)
    for (int64_t x0 = from; x0 < to; x0 += FIRST) {
      const int64_t zs = smaller(LAST, s.last - z0), xs = smaller(FIRST, to - x0);
      for (int64_t y = 0; y < s.inner; y++) {
        int64_t in = x0 * s.tensor_first + tensor_inner(y, dims, rank) * s.last + z0;
        for (int64_t x = 0; x < xs; x++, in += s.tensor_first)
          for (int64_t z = 0; z < zs; z++) tile[z][x] = number_at(tensor, source, in + z);
        int64_t out = x0 + y * s.first + z0 * s.file_last;
        for (int64_t z = 0; z < zs; z++, out += s.file_last)
          for (int64_t x = 0; x < xs; x++) put_number(file, target, out + x, tile[z][x]);
      }
    }
}

// Predictions are float32: those go through vectors.
INLINE void floats_to_file(const float *tensor, const int64_t *dims, int rank, int64_t from,
                           int64_t to, void *file, enum voxel_type target) {
  const shape_t s = shape_of(dims, rank);
  float tile[LAST][FIRST];
  for (int64_t z0 = 0; z0 < s.last; z0 += LAST)
    for (int64_t x0 = from; x0 < to; x0 += FIRST) {
      const int64_t zs = smaller(LAST, s.last - z0), xs = smaller(FIRST, to - x0);
      for (int64_t y = 0; y < s.inner; y++) {
        const float *in =
            tensor + x0 * s.tensor_first + tensor_inner(y, dims, rank) * s.last + z0;
        for (int64_t z = 0; z < zs; z += 16)
          for (int64_t x = 0; x < xs; x += 16) {
            v16 block[16] = {0};
            const int rows = (int)smaller(16, xs - x), columns = (int)smaller(16, zs - z);
            for (int i = 0; i < rows; i++) {
              const float *row = in + (x + i) * s.tensor_first + z;
              if (columns == 16) block[i] = load(row);
              else memcpy(&block[i], row, (size_t)columns * sizeof(float));
            }
            transpose(block);
            for (int i = 0; i < 16; i++) store(&tile[z + i][x], block[i]);
          }
        int64_t out = x0 + y * s.first + z0 * s.file_last;
        for (int64_t z = 0; z < zs; z++, out += s.file_last) {
          if (target == VOXEL_F32) memcpy((float *)file + out, tile[z], (size_t)xs * sizeof(float));
          else
            for (int64_t x = 0; x < xs; x++) put_number(file, target, out + x, (double)tile[z][x]);
        }
      }
    }
}

CLONES static void floats_to_f32(const float *tensor, const int64_t *dims, int rank, int64_t from,
                                 int64_t to, void *file) {
  floats_to_file(tensor, dims, rank, from, to, file, VOXEL_F32);
}
CLONES static void floats_to_u8(const float *tensor, const int64_t *dims, int rank, int64_t from,
                                int64_t to, void *file) {
  floats_to_file(tensor, dims, rank, from, to, file, VOXEL_U8);
}
CLONES static void floats_to_i16(const float *tensor, const int64_t *dims, int rank, int64_t from,
                                 int64_t to, void *file) {
  floats_to_file(tensor, dims, rank, from, to, file, VOXEL_I16);
}

void voxels_to_file(const void *tensor, enum voxel_type source, const int64_t *dims, int rank,
                    int64_t from, int64_t to, void *file, enum voxel_type target) {
  if (source == VOXEL_F32 && target == VOXEL_F32) floats_to_f32(tensor, dims, rank, from, to, file);
  else if (source == VOXEL_F32 && target == VOXEL_U8)
    floats_to_u8(tensor, dims, rank, from, to, file);
  else if (source == VOXEL_F32 && target == VOXEL_I16)
    floats_to_i16(tensor, dims, rank, from, to, file);
  else if (source == VOXEL_U8 && target == VOXEL_U8)
    to_file(tensor, VOXEL_U8, dims, rank, from, to, file, VOXEL_U8);
  else to_file(tensor, source, dims, rank, from, to, file, target);
}
