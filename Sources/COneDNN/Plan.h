#pragma once
#include <pthread.h>

#include "COneDNN.h"
#include "Library.h"

/// A primitive and the scratch memory it needs while it runs.
typedef struct {
  dnnl_primitive_t primitive;
  dnnl_memory_t scratch;
  size_t scratchBytes;
} EtudeRunnable;

/// One operand of a primitive: the form we hold it in and the one the primitive wants, mostly the
/// same.
typedef struct {
  dnnl_memory_desc_t ours, theirs;
  dnnl_memory_t memory, converted;
  EtudeRunnable toTheirs, toOurs;
  int differs;
} EtudeOperand;

/// A primitive with the memory objects it is run on; only their addresses change between runs.
struct EtudePlan {
  EtudeConvolution shape;
  EtudeRunnable runnable;
  EtudeOperand input, weights, output;
  char name[64];
  int threads;
  EtudePlan *next;
};

/// Held while a plan is made or run: plans keep the addresses of one run, and oneDNN already uses
/// every thread it was given.
extern pthread_mutex_t etude_plan_lock;

/// Makes what `pd` describes. Returns 0 when it worked.
int etude_make_runnable(EtudeRunnable *runnable, dnnl_primitive_desc_t pd);
void etude_discard_runnable(EtudeRunnable *runnable);
