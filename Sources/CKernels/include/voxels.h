#pragma once

#include <stdint.h>

/// Element types of image files and tensors.
enum voxel_type {
  VOXEL_U8, VOXEL_I8, VOXEL_U16, VOXEL_I16, VOXEL_U32, VOXEL_I32, VOXEL_U64, VOXEL_I64,
  VOXEL_F32, VOXEL_F64, VOXEL_BF16
};

/// Bytes of one element.
int64_t voxel_size(enum voxel_type type);

/// Reverses the byte order of `count` elements of `size` bytes, in place.
void voxels_swap(void *data, int64_t count, int64_t size);

/// File order (first axis fastest) to tensor order (last axis fastest), as float32.
///
/// `dims` has `rank` >= 1 sizes; of the first axis only `from` to `to` is converted, so that threads
/// can share a volume. With `is_scaled`, every value becomes value * slope + inter: in float32 for
/// types of at most 16 bits and float32, in float64 for wider ones, as nibabel does.
void voxels_to_tensor(const void *file, enum voxel_type type, const int64_t *dims, int rank,
                      int is_scaled, double slope, double inter, int64_t from, int64_t to,
                      float *tensor);

/// Tensor order to file order, converting between element types: towards zero and clamped to the
/// range for integers, NaN to 0. Of the first axis only `from` to `to`.
void voxels_to_file(const void *tensor, enum voxel_type source, const int64_t *dims, int rank,
                    int64_t from, int64_t to, void *file, enum voxel_type target);
