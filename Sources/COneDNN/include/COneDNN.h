#pragma once
#include <stddef.h>
#include <stdint.h>

// Convolutions by oneDNN 2.6. The library is opened on first use, never linked: see Library.c.
//
// The thread that trains calls these functions: they start OpenMP threads, one team for each caller.
// Calls from several threads wait for one another.

typedef enum { ETUDE_FLOAT32 = 0, ETUDE_BFLOAT16 = 1 } EtudeType;
typedef enum { ETUDE_FORWARD = 0, ETUDE_BACKWARD_DATA = 1, ETUDE_BACKWARD_WEIGHTS = 2 } EtudePass;

/// One convolution, forward in the sense of a strided convolution. A transposed convolution is the
/// backward-data pass of this shape: its input is `output` here. Fill unused axes with 1 (padding
/// and dilation - 1 with 0); the bytes are compared, so zero the struct first. Biases are added by
/// whoever reads the result.
typedef struct {
  int64_t rank;  // 2 or 3
  int64_t batch, inChannels, outChannels;
  int64_t input[3], output[3], kernel[3], stride[3], dilation[3], padding[3];
  int64_t inputWidth, outputWidth;  // channels in a block: 1 (plain), 8 or 16
  int64_t type;                     // EtudeType of activations and weights
  int64_t pass;                     // EtudePass
  int64_t threads;                  // at most so many; sums depend on it
} EtudeConvolution;

typedef struct EtudePlan EtudePlan;

/// Opens the library with OpenMP threads that sleep while they wait. Returns 0, or -1 and the
/// loader's words. Later calls do nothing.
int etude_onednn_open(const char *library, char *message, size_t messageSize);

/// Whether this processor has convolutions in bfloat16: those of AVX-512, native or emulated. The
/// library must be open.
int etude_onednn_has_bfloat16(void);

/// The primitive for a shape, made once. Null and the reason when oneDNN cannot.
EtudePlan *etude_convolution_plan(
    const EtudeConvolution *shape, char *message, size_t messageSize);

/// Size of the weights (or their gradient) in the order the primitive wants.
size_t etude_plan_weight_bytes(const EtudePlan *plan);

/// Weights from `[out, in, kernel…]` float32 to the primitive's order. Returns 0 when it worked.
int etude_plan_pack(EtudePlan *plan, const float *plain, void *packed);

/// A weight gradient from the primitive's order back to `[out, in, kernel…]`.
int etude_plan_unpack(EtudePlan *plan, const void *packed, float *plain);

/// Runs the pass. Forward reads `input` and `weights` and writes `output`; backward data reads
/// `output` and `weights` and writes `input`; backward weights reads `input` and `output` and writes
/// `weights`. Returns 0 when it worked.
int etude_plan_run(EtudePlan *plan, void *input, void *weights, void *output);

/// Name of the implementation oneDNN chose.
const char *etude_plan_name(const EtudePlan *plan);
