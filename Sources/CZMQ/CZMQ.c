#include "CZMQ.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

// The functions this shim calls, looked up when the library is opened.
#define ETUDE_ZMQ_FUNCTIONS(F) \
  F(zmq_ctx_new) \
  F(zmq_ctx_shutdown) \
  F(zmq_ctx_term) \
  F(zmq_socket) \
  F(zmq_close) \
  F(zmq_bind) \
  F(zmq_connect) \
  F(zmq_setsockopt) \
  F(zmq_getsockopt) \
  F(zmq_send) \
  F(zmq_msg_init) \
  F(zmq_msg_recv) \
  F(zmq_msg_data) \
  F(zmq_msg_size) \
  F(zmq_msg_more) \
  F(zmq_msg_close) \
  F(zmq_poll) \
  F(zmq_proxy) \
  F(zmq_errno) \
  F(zmq_strerror)

static struct {
#define ETUDE_FIELD(name) __typeof__(&name) name;
  ETUDE_ZMQ_FUNCTIONS(ETUDE_FIELD)
#undef ETUDE_FIELD
} library;
static int isOpen;

static int openOnce(const char *name, char *message, size_t size) {
  if (isOpen) return 0;
  void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(message, size, "%s", dlerror());
    return -1;
  }
#define ETUDE_LOOK_UP(symbol) \
  library.symbol = (__typeof__(&symbol))dlsym(handle, #symbol); \
  if (!library.symbol) { \
    snprintf(message, size, "it has no " #symbol); \
    return -1; \
  }
  ETUDE_ZMQ_FUNCTIONS(ETUDE_LOOK_UP)
#undef ETUDE_LOOK_UP
  isOpen = 1;
  return 0;
}

int etude_zmq_open(const char *name, char *message, size_t size) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  int status = openOnce(name, message, size);
  pthread_mutex_unlock(&lock);
  return status;
}

void *etude_zmq_ctx_new(void) { return library.zmq_ctx_new(); }
int etude_zmq_ctx_shutdown(void *context) { return library.zmq_ctx_shutdown(context); }
int etude_zmq_ctx_term(void *context) { return library.zmq_ctx_term(context); }

void *etude_zmq_socket(void *context, int type) { return library.zmq_socket(context, type); }
int etude_zmq_close(void *socket) { return library.zmq_close(socket); }
int etude_zmq_bind(void *socket, const char *endpoint) {
  return library.zmq_bind(socket, endpoint);
}
int etude_zmq_connect(void *socket, const char *endpoint) {
  return library.zmq_connect(socket, endpoint);
}
int etude_zmq_setsockopt(void *socket, int option, const void *value, size_t size) {
  return library.zmq_setsockopt(socket, option, value, size);
}
int etude_zmq_getsockopt(void *socket, int option, void *value, size_t *size) {
  return library.zmq_getsockopt(socket, option, value, size);
}

int etude_zmq_send(void *socket, const void *bytes, size_t size, int flags) {
  return library.zmq_send(socket, bytes, size, flags);
}
int etude_zmq_msg_init(zmq_msg_t *message) { return library.zmq_msg_init(message); }
int etude_zmq_msg_recv(zmq_msg_t *message, void *socket, int flags) {
  return library.zmq_msg_recv(message, socket, flags);
}
void *etude_zmq_msg_data(zmq_msg_t *message) { return library.zmq_msg_data(message); }
size_t etude_zmq_msg_size(const zmq_msg_t *message) { return library.zmq_msg_size(message); }
int etude_zmq_msg_more(const zmq_msg_t *message) { return library.zmq_msg_more(message); }
int etude_zmq_msg_close(zmq_msg_t *message) { return library.zmq_msg_close(message); }

int etude_zmq_poll(zmq_pollitem_t *items, int count, long milliseconds) {
  return library.zmq_poll(items, count, milliseconds);
}
int etude_zmq_proxy(void *front, void *back) { return library.zmq_proxy(front, back, NULL); }

int etude_zmq_errno(void) { return library.zmq_errno(); }
const char *etude_zmq_strerror(int number) { return library.zmq_strerror(number); }
