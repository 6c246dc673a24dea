#include "Plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

pthread_mutex_t etude_plan_lock = PTHREAD_MUTEX_INITIALIZER;

// Plans live as long as the program; a run uses a few dozen shapes.
enum { bucketCount = 256 };
static EtudePlan *buckets[bucketCount];

static size_t bucketOf(const EtudeConvolution *shape) {
  const unsigned char *bytes = (const unsigned char *)shape;
  uint64_t hash = 1469598103934665603u;
  for (size_t i = 0; i < sizeof *shape; i++) hash = (hash ^ bytes[i]) * 1099511628211u;
  return (hash >> 20) % bucketCount;
}

static dnnl_data_type_t dataType(int64_t type) {
  return type == ETUDE_BFLOAT16 ? dnnl_bf16 : dnnl_f32;
}

#define TRY(call) \
  do { \
    dnnl_status_t status_ = (call); \
    if (status_ != dnnl_success) { \
      snprintf(message, size, "oneDNN status %d in %s", (int)status_, #call); \
      return -1; \
    } \
  } while (0)

static dnnl_format_tag_t formOf(int64_t rank, int64_t width) {
  switch (width) {
    case 16: return rank == 3 ? dnnl_nCdhw16c : dnnl_nChw16c;
    case 8: return rank == 3 ? dnnl_nCdhw8c : dnnl_nChw8c;
    default: return rank == 3 ? dnnl_ncdhw : dnnl_nchw;
  }
}

// The form we hold an activation in, and the one to ask for: with AVX-512 the same, on other
// processors the primitive chooses.
static int describeActivation(
    EtudeOperand *operand, const EtudeConvolution *shape, int64_t channels, const int64_t *sizes,
    int64_t width, char *message, size_t size) {
  const EtudeLibrary *lib = etude_library;
  dnnl_dims_t dims = {shape->batch, channels};
  for (int64_t axis = 0; axis < shape->rank; axis++) dims[2 + axis] = sizes[3 - shape->rank + axis];
  dnnl_format_tag_t tag = formOf(shape->rank, width);
  int rank = (int)shape->rank + 2;
  dnnl_data_type_t type = dataType(shape->type);
  TRY(lib->dnnl_memory_desc_init_by_tag(&operand->ours, rank, dims, type, tag));
  TRY(lib->dnnl_memory_desc_init_by_tag(
      &operand->theirs, rank, dims, type, lib->hasAVX512 ? tag : dnnl_format_tag_any));
  return 0;
}

// Takes the form a primitive has chosen for an operand and makes its memory objects.
static int settle(
    EtudeOperand *operand, const dnnl_memory_desc_t *chosen, char *message, size_t size) {
  const EtudeLibrary *lib = etude_library;
  if (!chosen) {
    snprintf(message, size, "oneDNN chose no form for an operand");
    return -1;
  }
  operand->theirs = *chosen;
  operand->differs = !lib->dnnl_memory_desc_equal(&operand->ours, &operand->theirs);
  TRY(lib->dnnl_memory_create(&operand->memory, &operand->ours, lib->engine, DNNL_MEMORY_NONE));
  TRY(lib->dnnl_memory_create(
      &operand->converted, &operand->theirs, lib->engine, DNNL_MEMORY_NONE));
  return 0;
}

// Small convolutions run on fewer threads: waking one costs as much as 10 million operations, and
// the threads of a weight gradient wait for one another by spinning.
static int threadsFor(const EtudeConvolution *shape) {
  double operations = 2.0 * (double)(shape->batch * shape->inChannels * shape->outChannels);
  for (int axis = 0; axis < 3; axis++)
    operations *= (double)(shape->kernel[axis] * shape->output[axis]);
  double worth = operations / (shape->pass == ETUDE_BACKWARD_WEIGHTS ? 2e7 : 1e7);
  if (worth >= (double)shape->threads) return (int)shape->threads;
  return worth < 1 ? 1 : (int)worth;
}

static int describe(
    EtudePlan *plan, dnnl_primitive_desc_t *pd, dnnl_primitive_desc_t *hint, char *message,
    size_t size) {
  const EtudeLibrary *lib = etude_library;
  const EtudeConvolution *shape = &plan->shape;
  int rank = (int)shape->rank, first = 3 - rank;
  if (describeActivation(&plan->input, shape, shape->inChannels, shape->input, shape->inputWidth,
                         message, size) ||
      describeActivation(&plan->output, shape, shape->outChannels, shape->output,
                         shape->outputWidth, message, size))
    return -1;
  dnnl_dims_t weightDims = {shape->outChannels, shape->inChannels};
  dnnl_dims_t strides, dilations, low, high;
  for (int axis = 0; axis < rank; axis++) {
    int64_t k = shape->kernel[first + axis];
    weightDims[2 + axis] = k;
    strides[axis] = shape->stride[first + axis];
    dilations[axis] = shape->dilation[first + axis] - 1;
    low[axis] = shape->padding[first + axis];
    high[axis] = (shape->output[first + axis] - 1) * strides[axis] + (k - 1) * (dilations[axis] + 1) +
                 1 - shape->input[first + axis] - low[axis];
  }
  TRY(lib->dnnl_memory_desc_init_by_tag(
      &plan->weights.ours, rank + 2, weightDims, dnnl_f32, rank == 3 ? dnnl_oidhw : dnnl_oihw));
  dnnl_memory_desc_t weights, gradient;
  TRY(lib->dnnl_memory_desc_init_by_tag(
      &weights, rank + 2, weightDims, dataType(shape->type), dnnl_format_tag_any));
  // Weight gradients are float32 whatever the activations are.
  TRY(lib->dnnl_memory_desc_init_by_tag(
      &gradient, rank + 2, weightDims, dnnl_f32, dnnl_format_tag_any));

  dnnl_convolution_desc_t forward, backward;
  TRY(lib->dnnl_dilated_convolution_forward_desc_init(
      &forward, shape->pass == ETUDE_FORWARD ? dnnl_forward_inference : dnnl_forward_training,
      dnnl_convolution_direct, &plan->input.theirs, &weights, NULL, &plan->output.theirs, strides,
      dilations, low, high));
  if (shape->pass == ETUDE_FORWARD) {
    TRY(lib->dnnl_primitive_desc_create(pd, &forward, lib->attributes, lib->engine, NULL));
    return 0;
  }
  // A backward primitive is made with the forward one it belongs to as a hint.
  TRY(lib->dnnl_primitive_desc_create(hint, &forward, lib->attributes, lib->engine, NULL));
  if (shape->pass == ETUDE_BACKWARD_DATA)
    TRY(lib->dnnl_dilated_convolution_backward_data_desc_init(
        &backward, dnnl_convolution_direct, &plan->input.theirs, &weights, &plan->output.theirs,
        strides, dilations, low, high));
  else
    TRY(lib->dnnl_dilated_convolution_backward_weights_desc_init(
        &backward, dnnl_convolution_direct, &plan->input.theirs, &gradient, NULL,
        &plan->output.theirs, strides, dilations, low, high));
  TRY(lib->dnnl_primitive_desc_create(pd, &backward, lib->attributes, lib->engine, *hint));
  return 0;
}

int etude_make_runnable(EtudeRunnable *runnable, dnnl_primitive_desc_t pd) {
  const EtudeLibrary *lib = etude_library;
  if (lib->dnnl_primitive_create(&runnable->primitive, pd) != dnnl_success) return -1;
  const dnnl_memory_desc_t *scratch =
      lib->dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
  runnable->scratchBytes = scratch ? lib->dnnl_memory_desc_get_size(scratch) : 0;
  if (runnable->scratchBytes == 0) return 0;
  return lib->dnnl_memory_create(&runnable->scratch, scratch, lib->engine, DNNL_MEMORY_NONE) ==
                 dnnl_success
             ? 0
             : -1;
}

void etude_discard_runnable(EtudeRunnable *runnable) {
  if (runnable->scratch) etude_library->dnnl_memory_destroy(runnable->scratch);
  if (runnable->primitive) etude_library->dnnl_primitive_destroy(runnable->primitive);
}

static int finish(EtudePlan *plan, dnnl_primitive_desc_t pd, char *message, size_t size) {
  const EtudeLibrary *lib = etude_library;
  int64_t pass = plan->shape.pass;
  if (etude_make_runnable(&plan->runnable, pd)) {
    snprintf(message, size, "oneDNN could not make the primitive");
    return -1;
  }
  const char *name = NULL;
  if (lib->dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name) == dnnl_success && name)
    snprintf(plan->name, sizeof plan->name, "%s", name);
  dnnl_query_t input = pass == ETUDE_BACKWARD_DATA ? dnnl_query_diff_src_md : dnnl_query_src_md;
  dnnl_query_t output = pass == ETUDE_FORWARD ? dnnl_query_dst_md : dnnl_query_diff_dst_md;
  dnnl_query_t weights =
      pass == ETUDE_BACKWARD_WEIGHTS ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
  if (settle(&plan->input, lib->dnnl_primitive_desc_query_md(pd, input, 0), message, size) ||
      settle(&plan->output, lib->dnnl_primitive_desc_query_md(pd, output, 0), message, size) ||
      settle(&plan->weights, lib->dnnl_primitive_desc_query_md(pd, weights, 0), message, size))
    return -1;
  return 0;
}

static void discard(EtudePlan *plan) {
  const EtudeLibrary *lib = etude_library;
  EtudeOperand *operands[] = {&plan->input, &plan->weights, &plan->output};
  for (int i = 0; i < 3; i++) {
    if (operands[i]->memory) lib->dnnl_memory_destroy(operands[i]->memory);
    if (operands[i]->converted) lib->dnnl_memory_destroy(operands[i]->converted);
  }
  etude_discard_runnable(&plan->runnable);
  free(plan);
}

static EtudePlan *findOrMake(const EtudeConvolution *shape, char *message, size_t size) {
  const EtudeLibrary *lib = etude_library;
  if (!lib) {
    snprintf(message, size, "oneDNN is not open");
    return NULL;
  }
  size_t bucket = bucketOf(shape);
  for (EtudePlan *plan = buckets[bucket]; plan; plan = plan->next)
    if (memcmp(&plan->shape, shape, sizeof *shape) == 0) return plan;

  EtudePlan *plan = calloc(1, sizeof *plan);
  if (!plan) {
    snprintf(message, size, "no memory");
    return NULL;
  }
  plan->shape = *shape;
  plan->threads = threadsFor(shape);
  lib->omp_set_num_threads(plan->threads);
  dnnl_primitive_desc_t pd = NULL, hint = NULL;
  int failed = describe(plan, &pd, &hint, message, size) || finish(plan, pd, message, size);
  if (hint) lib->dnnl_primitive_desc_destroy(hint);
  if (pd) lib->dnnl_primitive_desc_destroy(pd);
  if (failed) {
    discard(plan);
    return NULL;
  }
  plan->next = buckets[bucket];
  buckets[bucket] = plan;
  return plan;
}

EtudePlan *etude_convolution_plan(const EtudeConvolution *shape, char *message, size_t size) {
  pthread_mutex_lock(&etude_plan_lock);
  EtudePlan *plan = findOrMake(shape, message, size);
  pthread_mutex_unlock(&etude_plan_lock);
  return plan;
}

const char *etude_plan_name(const EtudePlan *plan) { return plan->name; }
