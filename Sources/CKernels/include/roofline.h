#pragma once

#include <stdint.h>

/// Fused multiply-adds in float32 on `parts` threads (at most 256); the number of operations done.
/// `isWide` fills 32 registers; where there are only 16 the other form is faster.
double etude_float_loop(int64_t rounds, int isWide, int parts);

/// The same with products of bfloat16 pairs; 0 where the processor has no such instruction.
double etude_half_loop(int64_t rounds, int parts);

/// to = a + b / 2; the bytes that had to be moved, without those that a store reads first.
double etude_triad(float *to, const float *a, const float *b, int64_t count, int parts);
