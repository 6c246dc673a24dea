#include "Library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "COneDNN.h"

const EtudeLibrary *etude_library = NULL;

static int fail(char *message, size_t size, const char *text) {
  snprintf(message, size, "%s", text);
  return -1;
}

static int openOnce(const char *name, char *message, size_t size) {
  static EtudeLibrary library;
  if (etude_library) return 0;
  // libgomp reads this when it is loaded. Waiting threads that spin would take the processor from
  // our own kernels, and on a busy machine from everybody.
  setenv("OMP_WAIT_POLICY", "passive", 1);
  void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return fail(message, size, dlerror());
#define ETUDE_LOOK_UP(symbol) \
  library.symbol = (__typeof__(&symbol))dlsym(handle, #symbol); \
  if (!library.symbol) return fail(message, size, "it has no " #symbol);
  ETUDE_ONEDNN_FUNCTIONS(ETUDE_LOOK_UP)
#undef ETUDE_LOOK_UP
  library.omp_set_num_threads = (void (*)(int))dlsym(handle, "omp_set_num_threads");
  if (!library.omp_set_num_threads) return fail(message, size, "it has no omp_set_num_threads");
  library.hasAVX512 =
      (library.dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
  if (library.dnnl_engine_create(&library.engine, dnnl_cpu, 0) != dnnl_success ||
      library.dnnl_stream_create(&library.stream, library.engine, dnnl_stream_default_flags) !=
          dnnl_success ||
      library.dnnl_primitive_attr_create(&library.attributes) != dnnl_success ||
      library.dnnl_primitive_attr_set_scratchpad_mode(
          library.attributes, dnnl_scratchpad_mode_user) != dnnl_success)
    return fail(message, size, "it found no processor to run on");
  etude_library = &library;
  return 0;
}

int etude_onednn_open(const char *name, char *message, size_t size) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  int status = openOnce(name, message, size);
  pthread_mutex_unlock(&lock);
  return status;
}

int etude_onednn_has_bfloat16(void) { return etude_library->hasAVX512; }
