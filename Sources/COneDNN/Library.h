#pragma once
#include <CDynamicLibrary.h>
#include <oneapi/dnnl/dnnl.h>

/// OpenMP's, from the runtime that the library brings along.
void omp_set_num_threads(int count);

// The functions of libdnnl this shim calls, looked up when it is opened.
#define ETUDE_ONEDNN_FUNCTIONS(F) \
  F(dnnl_get_effective_cpu_isa) \
  F(dnnl_engine_create) \
  F(dnnl_stream_create) \
  F(dnnl_primitive_attr_create) \
  F(dnnl_primitive_attr_set_scratchpad_mode) \
  F(dnnl_memory_desc_init_by_tag) \
  F(dnnl_memory_desc_equal) \
  F(dnnl_memory_desc_get_size) \
  F(dnnl_memory_create) \
  F(dnnl_memory_destroy) \
  F(dnnl_memory_set_data_handle) \
  F(dnnl_dilated_convolution_forward_desc_init) \
  F(dnnl_dilated_convolution_backward_data_desc_init) \
  F(dnnl_dilated_convolution_backward_weights_desc_init) \
  F(dnnl_primitive_desc_create) \
  F(dnnl_primitive_desc_destroy) \
  F(dnnl_primitive_desc_query_md) \
  F(dnnl_primitive_desc_query) \
  F(dnnl_primitive_create) \
  F(dnnl_primitive_destroy) \
  F(dnnl_primitive_execute) \
  F(dnnl_reorder_primitive_desc_create) \
  F(dnnl_stream_wait) \
  F(omp_set_num_threads)

typedef struct {
  ETUDE_ONEDNN_FUNCTIONS(ETUDE_FIELD)
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  /// Scratch memory comes from us: oneDNN's own belongs to the thread that made the primitive.
  dnnl_primitive_attr_t attributes;
  /// Other processors have blocks of 8 channels and no bfloat16.
  int hasAVX512;
} EtudeLibrary;

/// Null until `etude_onednn_open` has worked.
extern const EtudeLibrary *etude_library;
