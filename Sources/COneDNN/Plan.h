#pragma once
#include <pthread.h>

#include "COneDNN.h"
#include "Library.h"

/// One operand of a primitive: the form we hold it in and the one the primitive wants, mostly the
/// same.
typedef struct {
  dnnl_memory_desc_t ours, theirs;
  dnnl_memory_t memory, converted;
  dnnl_primitive_t toTheirs, toOurs;
  int differs;
} EtudeOperand;

/// A primitive with the memory objects it is run on; only their addresses change between runs.
struct EtudePlan {
  EtudeConvolution shape;
  dnnl_primitive_t primitive;
  EtudeOperand input, weights, output;
  char name[64];
  int threads;
  EtudePlan *next;
};

/// Held while a plan is made or run: plans keep the addresses of one run, and oneDNN already uses
/// every thread it was given.
extern pthread_mutex_t etude_plan_lock;
