#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "COneDNN.h"
#include "Library.h"

// A primitive with the memory objects it is run on; only their addresses change between runs.
struct EtudePlan {
  EtudeConvolution shape;
  dnnl_primitive_t primitive;
  dnnl_memory_t input, weights, bias, output;
  dnnl_memory_desc_t plainWeights, packedWeights;
  dnnl_memory_t plainMemory;
  dnnl_primitive_t pack, unpack;
  char name[64];
  EtudePlan *next;
};

// Held while a plan is made or run: plans keep the addresses of one run, and oneDNN already uses
// every thread it was given.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

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

static dnnl_status_t activation(
    dnnl_memory_desc_t *desc, const EtudeConvolution *shape, int64_t channels, const int64_t *sizes,
    int64_t layout, int64_t type) {
  dnnl_dims_t dims = {shape->batch, channels};
  for (int64_t axis = 0; axis < shape->rank; axis++) dims[2 + axis] = sizes[3 - shape->rank + axis];
  dnnl_format_tag_t tag = shape->rank == 3 ? (layout ? dnnl_nCdhw16c : dnnl_ncdhw)
                                           : (layout ? dnnl_nChw16c : dnnl_nchw);
  return etude_library->dnnl_memory_desc_init_by_tag(
      desc, (int)shape->rank + 2, dims, dataType(type), tag);
}

#define TRY(call) \
  do { \
    dnnl_status_t status_ = (call); \
    if (status_ != dnnl_success) { \
      snprintf(message, size, "oneDNN status %d in %s", (int)status_, #call); \
      goto failed; \
    } \
  } while (0)

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
  if (!plan) return NULL;
  plan->shape = *shape;
  dnnl_primitive_desc_t pd = NULL, hint = NULL;
  int rank = (int)shape->rank, first = 3 - rank;
  dnnl_memory_desc_t input, output, weights, bias;
  TRY(activation(&input, shape, shape->inChannels, shape->input, shape->inputLayout,
                 shape->inputType));
  TRY(activation(&output, shape, shape->outChannels, shape->output, shape->outputLayout,
                 shape->outputType));
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
  // oneDNN writes weight gradients in float32 whatever the activations are.
  int64_t weightType = shape->pass == ETUDE_BACKWARD_WEIGHTS ? ETUDE_FLOAT32 : shape->weightType;
  TRY(lib->dnnl_memory_desc_init_by_tag(
      &weights, rank + 2, weightDims, dataType(weightType), dnnl_format_tag_any));
  TRY(lib->dnnl_memory_desc_init_by_tag(
      &plan->plainWeights, rank + 2, weightDims, dnnl_f32, rank == 3 ? dnnl_oidhw : dnnl_oihw));
  dnnl_dims_t biasDims = {shape->outChannels};
  TRY(lib->dnnl_memory_desc_init_by_tag(&bias, 1, biasDims, dnnl_f32, dnnl_a));

  // A backward primitive is made with the forward one it belongs to as a hint.
  dnnl_memory_desc_t anyWeights, *biasOrNot = shape->hasBias ? &bias : NULL;
  TRY(lib->dnnl_memory_desc_init_by_tag(
      &anyWeights, rank + 2, weightDims, dataType(shape->weightType), dnnl_format_tag_any));
  dnnl_convolution_desc_t forward, backward;
  TRY(lib->dnnl_dilated_convolution_forward_desc_init(
      &forward, shape->pass == ETUDE_FORWARD ? dnnl_forward_inference : dnnl_forward_training,
      dnnl_convolution_direct, &input, &anyWeights,
      shape->pass == ETUDE_FORWARD ? biasOrNot : NULL, &output, strides, dilations, low, high));
  switch (shape->pass) {
    case ETUDE_FORWARD:
      TRY(lib->dnnl_primitive_desc_create(&pd, &forward, NULL, lib->engine, NULL));
      break;
    case ETUDE_BACKWARD_DATA:
      TRY(lib->dnnl_primitive_desc_create(&hint, &forward, NULL, lib->engine, NULL));
      TRY(lib->dnnl_dilated_convolution_backward_data_desc_init(
          &backward, dnnl_convolution_direct, &input, &weights, &output, strides, dilations, low,
          high));
      TRY(lib->dnnl_primitive_desc_create(&pd, &backward, NULL, lib->engine, hint));
      break;
    default:
      TRY(lib->dnnl_primitive_desc_create(&hint, &forward, NULL, lib->engine, NULL));
      TRY(lib->dnnl_dilated_convolution_backward_weights_desc_init(
          &backward, dnnl_convolution_direct, &input, &weights, biasOrNot, &output, strides,
          dilations, low, high));
      TRY(lib->dnnl_primitive_desc_create(&pd, &backward, NULL, lib->engine, hint));
  }
  TRY(lib->dnnl_primitive_create(&plan->primitive, pd));
  dnnl_query_t which =
      shape->pass == ETUDE_BACKWARD_WEIGHTS ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
  const dnnl_memory_desc_t *chosen = lib->dnnl_primitive_desc_query_md(pd, which, 0);
  if (!chosen) {
    snprintf(message, size, "oneDNN chose no order for the weights");
    goto failed;
  }
  plan->packedWeights = *chosen;
  const char *name = NULL;
  if (lib->dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name) == dnnl_success && name)
    snprintf(plan->name, sizeof plan->name, "%s", name);
  TRY(lib->dnnl_memory_create(&plan->input, &input, lib->engine, DNNL_MEMORY_NONE));
  TRY(lib->dnnl_memory_create(&plan->output, &output, lib->engine, DNNL_MEMORY_NONE));
  TRY(lib->dnnl_memory_create(&plan->weights, &plan->packedWeights, lib->engine, DNNL_MEMORY_NONE));
  TRY(lib->dnnl_memory_create(
      &plan->plainMemory, &plan->plainWeights, lib->engine, DNNL_MEMORY_NONE));
  if (shape->hasBias)
    TRY(lib->dnnl_memory_create(&plan->bias, &bias, lib->engine, DNNL_MEMORY_NONE));
  if (hint) lib->dnnl_primitive_desc_destroy(hint);
  lib->dnnl_primitive_desc_destroy(pd);
  plan->next = buckets[bucket];
  buckets[bucket] = plan;
  return plan;

failed:
  if (hint) lib->dnnl_primitive_desc_destroy(hint);
  if (pd) lib->dnnl_primitive_desc_destroy(pd);
  if (plan->input) lib->dnnl_memory_destroy(plan->input);
  if (plan->output) lib->dnnl_memory_destroy(plan->output);
  if (plan->weights) lib->dnnl_memory_destroy(plan->weights);
  if (plan->plainMemory) lib->dnnl_memory_destroy(plan->plainMemory);
  if (plan->primitive) lib->dnnl_primitive_destroy(plan->primitive);
  free(plan);
  return NULL;
}

EtudePlan *etude_convolution_plan(const EtudeConvolution *shape, char *message, size_t size) {
  pthread_mutex_lock(&lock);
  EtudePlan *plan = findOrMake(shape, message, size);
  pthread_mutex_unlock(&lock);
  return plan;
}

size_t etude_plan_weight_bytes(const EtudePlan *plan) {
  return etude_library->dnnl_memory_desc_get_size(&plan->packedWeights);
}

const char *etude_plan_name(const EtudePlan *plan) { return plan->name; }

// Reorders between the two weight memories of a plan, whose addresses are set.
static int reorder(
    dnnl_primitive_t *primitive, dnnl_memory_t from, const dnnl_memory_desc_t *fromDesc,
    dnnl_memory_t to, const dnnl_memory_desc_t *toDesc) {
  const EtudeLibrary *lib = etude_library;
  if (!*primitive) {
    dnnl_primitive_desc_t pd;
    if (lib->dnnl_reorder_primitive_desc_create(
            &pd, fromDesc, lib->engine, toDesc, lib->engine, NULL) != dnnl_success)
      return -1;
    dnnl_status_t status = lib->dnnl_primitive_create(primitive, pd);
    lib->dnnl_primitive_desc_destroy(pd);
    if (status != dnnl_success) return -1;
  }
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
  if (lib->dnnl_primitive_execute(*primitive, lib->stream, 2, arguments) != dnnl_success) return -1;
  return lib->dnnl_stream_wait(lib->stream) == dnnl_success ? 0 : -1;
}

// Reorders weights one way or the other.
static int convert(EtudePlan *plan, void *plain, void *packed, int isPacking) {
  const EtudeLibrary *lib = etude_library;
  if (lib->dnnl_memory_set_data_handle(plan->plainMemory, plain) != dnnl_success ||
      lib->dnnl_memory_set_data_handle(plan->weights, packed) != dnnl_success)
    return -1;
  return isPacking ? reorder(&plan->pack, plan->plainMemory, &plan->plainWeights, plan->weights,
                             &plan->packedWeights)
                   : reorder(&plan->unpack, plan->weights, &plan->packedWeights, plan->plainMemory,
                             &plan->plainWeights);
}

int etude_plan_pack(EtudePlan *plan, const float *plain, void *packed) {
  pthread_mutex_lock(&lock);
  int status = convert(plan, (void *)plain, packed, 1);
  pthread_mutex_unlock(&lock);
  return status;
}

int etude_plan_unpack(EtudePlan *plan, const void *packed, float *plain) {
  pthread_mutex_lock(&lock);
  int status = convert(plan, plain, (void *)packed, 0);
  pthread_mutex_unlock(&lock);
  return status;
}

static int run(EtudePlan *plan, void *input, void *weights, float *bias, void *output) {
  const EtudeLibrary *lib = etude_library;
  if (lib->dnnl_memory_set_data_handle(plan->input, input) != dnnl_success ||
      lib->dnnl_memory_set_data_handle(plan->weights, weights) != dnnl_success ||
      lib->dnnl_memory_set_data_handle(plan->output, output) != dnnl_success)
    return -1;
  if (plan->bias && lib->dnnl_memory_set_data_handle(plan->bias, bias) != dnnl_success) return -1;
  dnnl_exec_arg_t arguments[4];
  int count = 0;
  switch (plan->shape.pass) {
    case ETUDE_FORWARD:
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SRC, plan->input};
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, plan->weights};
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DST, plan->output};
      if (plan->bias) arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, plan->bias};
      break;
    case ETUDE_BACKWARD_DATA:
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_DST, plan->output};
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_WEIGHTS, plan->weights};
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_SRC, plan->input};
      break;
    default:
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SRC, plan->input};
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_DST, plan->output};
      arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_WEIGHTS, plan->weights};
      if (plan->bias) arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_BIAS, plan->bias};
  }
  if (lib->dnnl_primitive_execute(plan->primitive, lib->stream, count, arguments) != dnnl_success)
    return -1;
  return lib->dnnl_stream_wait(lib->stream) == dnnl_success ? 0 : -1;
}

int etude_plan_run(EtudePlan *plan, void *input, void *weights, float *bias, void *output) {
  pthread_mutex_lock(&lock);
  int status = run(plan, input, weights, bias, output);
  pthread_mutex_unlock(&lock);
  return status;
}
