// Resampling of plain volumes, in double as the reference: along the axes where the map is separable,
// else voxel by voxel. Bound: arithmetic, eight neighbours a voxel; the separable form shares them
// between the voxels of a row.
#include "resample.h"

#include <math.h>
#include <string.h>

#include "Clones.h"

// Products and sums round separately, as in the reference, so that exact halves stay halves.
#pragma STDC FP_CONTRACT OFF

CLONES static void blend_rows(
    const float *const rows[4], const double weights[4], double *out, ptrdiff_t count) {
  for (ptrdiff_t z = 0; z < count; z++) out[z] = 0;
  for (int r = 0; r < 4; r++) {
    const double w = weights[r];
    const float *row = rows[r];
    if (w == 0) continue;
    for (ptrdiff_t z = 0; z < count; z++) out[z] += w * (double)row[z];
  }
}

void etude_resample_separable(
    const float *in, const ptrdiff_t in_shape[3], float *out, const ptrdiff_t out_shape[3],
    const etude_axis_taps taps[3], ptrdiff_t begin, ptrdiff_t end, double *row) {
  const ptrdiff_t plane = in_shape[1] * in_shape[2], line = in_shape[2];
  const etude_axis_taps z = taps[2];
  for (ptrdiff_t x = begin; x < end; x++) {
    const float *left = in + taps[0].i0[x] * plane, *right = in + taps[0].i1[x] * plane;
    const double wl = taps[0].w0[x], wr = taps[0].w1[x];
    for (ptrdiff_t y = 0; y < out_shape[1]; y++) {
      const ptrdiff_t upper = taps[1].i0[y] * line, lower = taps[1].i1[y] * line;
      const double wu = taps[1].w0[y], wd = taps[1].w1[y];
      const float *rows[4] = {left + upper, left + lower, right + upper, right + lower};
      const double weights[4] = {wl * wu, wl * wd, wr * wu, wr * wd};
      blend_rows(rows, weights, row, line);
      float *target = out + (x * out_shape[1] + y) * out_shape[2];
      for (ptrdiff_t k = 0; k < out_shape[2]; k++)
        target[k] = (float)(row[z.i0[k]] * z.w0[k] + row[z.i1[k]] * z.w1[k]);
    }
  }
}

static double reflected(double x, double twice_low, double twice_high) {
  if (twice_low == twice_high) return 0;
  const double low = twice_low / 2, span = (twice_high - twice_low) / 2;
  x = fabs(x - low);
  const double extra = fmod(x, span);
  const int even = fmod(floor(x / span), 2) == 0;
  return even ? extra + low : span - extra + low;
}

static double clamped(double x, double high) { return x < 0 ? 0 : x > high ? high : x; }

double etude_source_index(double g, ptrdiff_t size, int padding, int align_corners) {
  const double n = (double)size;
  double x = align_corners ? (g + 1) / 2 * (n - 1) : ((g + 1) * n - 1) / 2;
  if (padding == ETUDE_PAD_REFLECTION)
    x = align_corners ? reflected(x, 0, 2 * (n - 1)) : reflected(x, -1, 2 * n - 1);
  if (padding != ETUDE_PAD_ZEROS) x = clamped(x, n - 1);
  return x;
}

static int inside(double x, ptrdiff_t size) { return x >= 0 && x < (double)size; }

static float nearest_at(
    const float *in, const ptrdiff_t shape[3], double x, double y, double z) {
  x = nearbyint(x), y = nearbyint(y), z = nearbyint(z);
  if (!inside(x, shape[0]) || !inside(y, shape[1]) || !inside(z, shape[2])) return 0;
  return in[((ptrdiff_t)x * shape[1] + (ptrdiff_t)y) * shape[2] + (ptrdiff_t)z];
}

static float linear_at(const float *in, const ptrdiff_t shape[3], double x, double y, double z) {
  const double low[3] = {floor(x), floor(y), floor(z)};
  const double part[3] = {x - low[0], y - low[1], z - low[2]};
  double sum = 0;
  for (int corner = 0; corner < 8; corner++) {
    double weight = 1;
    ptrdiff_t place = 0;
    int is_inside = 1;
    for (int axis = 0; axis < 3; axis++) {
      const int up = corner >> (2 - axis) & 1;
      const double index = low[axis] + up;
      weight *= up ? part[axis] : 1 - part[axis];
      is_inside &= inside(index, shape[axis]);
      if (is_inside) place = place * shape[axis] + (ptrdiff_t)index;
    }
    if (is_inside) sum += weight * (double)in[place];
  }
  return (float)sum;
}

void etude_resample_affine(
    const float *in, const ptrdiff_t in_shape[3], float *out, const ptrdiff_t out_shape[3],
    const etude_sampling_grid *grid, ptrdiff_t begin, ptrdiff_t end) {
  for (ptrdiff_t x = begin; x < end; x++)
    for (ptrdiff_t y = 0; y < out_shape[1]; y++)
      for (ptrdiff_t z = 0; z < out_shape[2]; z++) {
        double at[3];
        for (int axis = 0; axis < 3; axis++) {
          const double *t = grid->theta[axis];
          const double g = t[2] * grid->base[2][z] + t[1] * grid->base[1][y]
              + t[0] * grid->base[0][x] + t[3];
          at[axis] = etude_source_index(g, in_shape[axis], grid->padding, grid->align_corners);
        }
        // A coordinate that is no number reads nothing.
        const int known = isfinite(at[0]) && isfinite(at[1]) && isfinite(at[2]);
        out[(x * out_shape[1] + y) * out_shape[2] + z] =
            !known ? 0
            : grid->nearest ? nearest_at(in, in_shape, at[0], at[1], at[2])
                            : linear_at(in, in_shape, at[0], at[1], at[2]);
      }
}
