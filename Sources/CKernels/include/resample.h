#pragma once
#include <stddef.h>
#include <stdint.h>

// Resampling of one channel; volumes are [x][y][z], z fastest. 2-D images have one x.

// Where the samples of one output axis come from: value = w0 * in[i0] + w1 * in[i1].
typedef struct {
  const int32_t *i0, *i1;
  const double *w0, *w1;
} etude_axis_taps;

// Output planes x in [begin, end). `row` is scratch of in_z doubles. Sums run in double.
void etude_resample_separable(
    const float *in, const ptrdiff_t in_shape[3], float *out, const ptrdiff_t out_shape[3],
    const etude_axis_taps taps[3], ptrdiff_t begin, ptrdiff_t end, double *row);

enum { ETUDE_PAD_BORDER, ETUDE_PAD_ZEROS, ETUDE_PAD_REFLECTION };

typedef struct {
  // In grid_sample's normalised coordinates: source = theta * (base x, base y, base z, 1).
  double theta[3][4];
  const double *base[3];
  int padding, nearest, align_corners;
} etude_sampling_grid;

// The same for any affine map. Output planes x in [begin, end).
void etude_resample_affine(
    const float *in, const ptrdiff_t in_shape[3], float *out, const ptrdiff_t out_shape[3],
    const etude_sampling_grid *grid, ptrdiff_t begin, ptrdiff_t end);

// torch's grid_sample: from a normalised coordinate to the index it reads, padding applied.
double etude_source_index(double g, ptrdiff_t size, int padding, int align_corners);
