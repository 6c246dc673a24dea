#include "CZMQ.h"

#include <CDynamicLibrary.h>

#define FUNCTIONS(F) \
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

static struct { FUNCTIONS(ETUDE_FIELD) } functions;
static const EtudeSymbol symbols[] = {FUNCTIONS(ETUDE_SYMBOL)};
static EtudeDynamicLibrary library = {ETUDE_SYMBOLS(symbols)};

int etude_zmq_open(const char *name, char *message, size_t size) {
  return etude_open(&library, name, message, size);
}

void *etude_zmq_ctx_new(void) { return functions.zmq_ctx_new(); }
int etude_zmq_ctx_shutdown(void *context) { return functions.zmq_ctx_shutdown(context); }
int etude_zmq_ctx_term(void *context) { return functions.zmq_ctx_term(context); }

void *etude_zmq_socket(void *context, int type) { return functions.zmq_socket(context, type); }
int etude_zmq_close(void *socket) { return functions.zmq_close(socket); }
int etude_zmq_bind(void *socket, const char *endpoint) {
  return functions.zmq_bind(socket, endpoint);
}
int etude_zmq_connect(void *socket, const char *endpoint) {
  return functions.zmq_connect(socket, endpoint);
}
int etude_zmq_setsockopt(void *socket, int option, const void *value, size_t size) {
  return functions.zmq_setsockopt(socket, option, value, size);
}
int etude_zmq_getsockopt(void *socket, int option, void *value, size_t *size) {
  return functions.zmq_getsockopt(socket, option, value, size);
}

int etude_zmq_send(void *socket, const void *bytes, size_t size, int flags) {
  return functions.zmq_send(socket, bytes, size, flags);
}
int etude_zmq_msg_init(zmq_msg_t *message) { return functions.zmq_msg_init(message); }
int etude_zmq_msg_recv(zmq_msg_t *message, void *socket, int flags) {
  return functions.zmq_msg_recv(message, socket, flags);
}
void *etude_zmq_msg_data(zmq_msg_t *message) { return functions.zmq_msg_data(message); }
size_t etude_zmq_msg_size(const zmq_msg_t *message) { return functions.zmq_msg_size(message); }
int etude_zmq_msg_more(const zmq_msg_t *message) { return functions.zmq_msg_more(message); }
int etude_zmq_msg_close(zmq_msg_t *message) { return functions.zmq_msg_close(message); }

int etude_zmq_poll(zmq_pollitem_t *items, int count, long milliseconds) {
  return functions.zmq_poll(items, count, milliseconds);
}
int etude_zmq_proxy(void *front, void *back) { return functions.zmq_proxy(front, back, NULL); }

int etude_zmq_errno(void) { return functions.zmq_errno(); }
const char *etude_zmq_strerror(int number) { return functions.zmq_strerror(number); }
