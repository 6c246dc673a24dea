#include "Library.h"

#include <stdlib.h>

#include "COneDNN.h"

const EtudeLibrary *etude_library = NULL;

static EtudeLibrary functions;
static const EtudeSymbol symbols[] = {ETUDE_ONEDNN_FUNCTIONS(ETUDE_SYMBOL)};

static void calmThreads(void) {
  // libgomp reads this when it is loaded. Waiting threads that spin would take the processor from
  // our own kernels, and on a busy machine from everybody.
  setenv("OMP_WAIT_POLICY", "passive", 1);
}

static const char *prepare(void) {
  EtudeLibrary *lib = &functions;
  lib->hasAVX512 =
      (lib->dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
  if (lib->dnnl_engine_create(&lib->engine, dnnl_cpu, 0) != dnnl_success ||
      lib->dnnl_stream_create(&lib->stream, lib->engine, dnnl_stream_default_flags) !=
          dnnl_success ||
      lib->dnnl_primitive_attr_create(&lib->attributes) != dnnl_success ||
      lib->dnnl_primitive_attr_set_scratchpad_mode(lib->attributes, dnnl_scratchpad_mode_user) !=
          dnnl_success)
    return "it found no processor to run on";
  etude_library = lib;
  return NULL;
}

static EtudeDynamicLibrary library = {
    ETUDE_SYMBOLS(symbols), .before = calmThreads, .after = prepare};

int etude_onednn_open(const char *name, char *message, size_t size) {
  return etude_open(&library, name, message, size);
}

int etude_onednn_has_bfloat16(void) { return etude_library->hasAVX512; }
