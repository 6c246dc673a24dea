#include <stdlib.h>

#include "Plan.h"

size_t etude_plan_weight_bytes(const EtudePlan *plan) {
  return etude_library->dnnl_memory_desc_get_size(&plan->weights.theirs);
}

// Memory of one run: two operands in the primitive's form when that is not ours, and scratch. Each
// grows to the largest that was asked for.
enum Area { inputArea, outputArea, scratchArea };

static void *areaOf(enum Area which, size_t bytes) {
  static struct {
    void *start;
    size_t bytes;
  } areas[3];
  if (areas[which].bytes < bytes) {
    free(areas[which].start);
    areas[which].start = aligned_alloc(64, (bytes + 63) / 64 * 64);
    areas[which].bytes = areas[which].start ? bytes : 0;
  }
  return areas[which].start;
}

static int execute(EtudeRunnable *runnable, const dnnl_exec_arg_t *operands, int count) {
  const EtudeLibrary *lib = etude_library;
  dnnl_exec_arg_t arguments[4];
  for (int i = 0; i < count; i++) arguments[i] = operands[i];
  if (runnable->scratch) {
    void *scratch = areaOf(scratchArea, runnable->scratchBytes);
    if (!scratch ||
        lib->dnnl_memory_set_data_handle(runnable->scratch, scratch) != dnnl_success)
      return -1;
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, runnable->scratch};
  }
  return lib->dnnl_primitive_execute(runnable->primitive, lib->stream, count, arguments) ==
                 dnnl_success
             ? 0
             : -1;
}

// Reorders between the two forms of an operand, whose addresses are set.
static int convert(EtudeOperand *operand, int toTheirs) {
  const EtudeLibrary *lib = etude_library;
  EtudeRunnable *runnable = toTheirs ? &operand->toTheirs : &operand->toOurs;
  dnnl_memory_t from = toTheirs ? operand->memory : operand->converted;
  dnnl_memory_t to = toTheirs ? operand->converted : operand->memory;
  if (!runnable->primitive) {
    dnnl_primitive_desc_t pd;
    if (lib->dnnl_reorder_primitive_desc_create(
            &pd, toTheirs ? &operand->ours : &operand->theirs, lib->engine,
            toTheirs ? &operand->theirs : &operand->ours, lib->engine, lib->attributes) !=
        dnnl_success)
      return -1;
    int failed = etude_make_runnable(runnable, pd);
    lib->dnnl_primitive_desc_destroy(pd);
    if (failed) return -1;
  }
  return execute(runnable, (dnnl_exec_arg_t[]){{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}}, 2);
}

static int setAddresses(EtudeOperand *operand, void *ours, void *theirs) {
  const EtudeLibrary *lib = etude_library;
  return lib->dnnl_memory_set_data_handle(operand->memory, ours) != dnnl_success ||
         lib->dnnl_memory_set_data_handle(operand->converted, theirs) != dnnl_success;
}

static int convertWeights(EtudePlan *plan, void *plain, void *packed, int isPacking) {
  pthread_mutex_lock(&etude_plan_lock);
  etude_library->omp_set_num_threads(plan->threads);
  int status =
      setAddresses(&plan->weights, plain, packed) ? -1 : convert(&plan->weights, isPacking);
  pthread_mutex_unlock(&etude_plan_lock);
  return status;
}

int etude_plan_pack(EtudePlan *plan, const float *plain, void *packed) {
  return convertWeights(plan, (void *)plain, packed, 1);
}

int etude_plan_unpack(EtudePlan *plan, const void *packed, float *plain) {
  return convertWeights(plan, plain, (void *)packed, 0);
}

// Sets the addresses of an activation; one that is read is converted now.
static int place(EtudeOperand *operand, void *address, enum Area which, int isRead) {
  void *theirs = address;
  if (operand->differs) {
    theirs = areaOf(which, etude_library->dnnl_memory_desc_get_size(&operand->theirs));
    if (!theirs) return -1;
  }
  if (setAddresses(operand, address, theirs)) return -1;
  return operand->differs && isRead ? convert(operand, 1) : 0;
}

static int run(EtudePlan *plan, void *input, void *weights, void *output) {
  static const int names[3][3] = {
      [ETUDE_FORWARD] = {DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST},
      [ETUDE_BACKWARD_DATA] = {DNNL_ARG_DIFF_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_DST},
      [ETUDE_BACKWARD_WEIGHTS] = {DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST}};
  const EtudeLibrary *lib = etude_library;
  int64_t pass = plan->shape.pass;
  lib->omp_set_num_threads(plan->threads);
  if (place(&plan->input, input, inputArea, pass != ETUDE_BACKWARD_DATA) ||
      place(&plan->output, output, outputArea, pass != ETUDE_FORWARD) ||
      setAddresses(&plan->weights, NULL, weights))
    return -1;
  dnnl_exec_arg_t arguments[] = {
      {names[pass][0], plan->input.converted},
      {names[pass][1], plan->weights.converted},
      {names[pass][2], plan->output.converted}};
  if (execute(&plan->runnable, arguments, 3)) return -1;
  if (pass == ETUDE_FORWARD && plan->output.differs && convert(&plan->output, 0)) return -1;
  if (pass == ETUDE_BACKWARD_DATA && plan->input.differs && convert(&plan->input, 0)) return -1;
  return lib->dnnl_stream_wait(lib->stream) == dnnl_success ? 0 : -1;
}

int etude_plan_run(EtudePlan *plan, void *input, void *weights, void *output) {
  pthread_mutex_lock(&etude_plan_lock);
  int status = run(plan, input, weights, output);
  pthread_mutex_unlock(&etude_plan_lock);
  return status;
}
