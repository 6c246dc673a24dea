#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "CKernels.h"

// Threads that wait for the next call. They spin for some microseconds, then sleep: kernels come in
// bursts between convolutions, which run on OpenMP's own threads.
enum { mostWorkers = 255, spins = 400 };

static struct {
  pthread_mutex_t owner;  // held for one call
  pthread_mutex_t lock;
  pthread_cond_t wake, finished;
  atomic_uint generation;
  atomic_int remaining;
  int workers;
  EtudeTask task;
  void *context;
  int parts;
} pool = {
    .owner = PTHREAD_MUTEX_INITIALIZER,
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .wake = PTHREAD_COND_INITIALIZER,
    .finished = PTHREAD_COND_INITIALIZER,
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

struct Start {
  int part;
  unsigned generation;
};
static struct Start starts[mostWorkers];

static void *work(void *argument) {
  const struct Start *start = argument;
  unsigned last = start->generation;
  for (;;) {
    for (int i = 0; i < spins && atomic_load(&pool.generation) == last; i++) relax();
    if (atomic_load(&pool.generation) == last) {
      pthread_mutex_lock(&pool.lock);
      while (atomic_load(&pool.generation) == last) pthread_cond_wait(&pool.wake, &pool.lock);
      pthread_mutex_unlock(&pool.lock);
    }
    last++;
    if (start->part < pool.parts) pool.task(pool.context, start->part, pool.parts);
    if (atomic_fetch_sub(&pool.remaining, 1) == 1) {
      pthread_mutex_lock(&pool.lock);
      pthread_cond_signal(&pool.finished);
      pthread_mutex_unlock(&pool.lock);
    }
  }
  return NULL;
}

static void hire(int wanted) {
  if (wanted > mostWorkers) wanted = mostWorkers;
  while (pool.workers < wanted) {
    struct Start *start = &starts[pool.workers];
    *start = (struct Start){pool.workers + 1, atomic_load(&pool.generation)};
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, start) != 0) return;
    pthread_detach(thread);
    pool.workers++;
  }
}

void etude_parallel(int parts, EtudeTask task, void *context) {
  if (parts <= 1 || pthread_mutex_trylock(&pool.owner) != 0) {
    for (int part = 0; part < parts; part++) task(context, part, parts);
    return;
  }
  hire(parts - 1);
  pool.task = task;
  pool.context = context;
  pool.parts = parts;
  atomic_store(&pool.remaining, pool.workers);
  pthread_mutex_lock(&pool.lock);
  atomic_fetch_add(&pool.generation, 1);
  pthread_cond_broadcast(&pool.wake);
  pthread_mutex_unlock(&pool.lock);
  task(context, 0, parts);
  for (int part = pool.workers + 1; part < parts; part++) task(context, part, parts);
  for (int i = 0; i < spins && atomic_load(&pool.remaining) > 0; i++) relax();
  if (atomic_load(&pool.remaining) > 0) {
    pthread_mutex_lock(&pool.lock);
    while (atomic_load(&pool.remaining) > 0) pthread_cond_wait(&pool.finished, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
  }
  pthread_mutex_unlock(&pool.owner);
}
