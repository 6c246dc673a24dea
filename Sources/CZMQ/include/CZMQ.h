#pragma once
#include <stddef.h>
#include <zmq.h>

// ZeroMQ's sockets. The library is opened on first use, never linked: the functions below stand for
// those of zmq.h with the same names, and work once `etude_zmq_open` has.

/// Opens the library. Returns 0, or -1 and the loader's words. Later calls do nothing.
int etude_zmq_open(const char *library, char *message, size_t messageSize);

void *etude_zmq_ctx_new(void);
int etude_zmq_ctx_shutdown(void *context);
int etude_zmq_ctx_term(void *context);

void *etude_zmq_socket(void *context, int type);
int etude_zmq_close(void *socket);
int etude_zmq_bind(void *socket, const char *endpoint);
int etude_zmq_connect(void *socket, const char *endpoint);
int etude_zmq_setsockopt(void *socket, int option, const void *value, size_t size);
int etude_zmq_getsockopt(void *socket, int option, void *value, size_t *size);

int etude_zmq_send(void *socket, const void *bytes, size_t size, int flags);
int etude_zmq_msg_init(zmq_msg_t *message);
int etude_zmq_msg_recv(zmq_msg_t *message, void *socket, int flags);
void *etude_zmq_msg_data(zmq_msg_t *message);
size_t etude_zmq_msg_size(const zmq_msg_t *message);
int etude_zmq_msg_more(const zmq_msg_t *message);
int etude_zmq_msg_close(zmq_msg_t *message);

int etude_zmq_poll(zmq_pollitem_t *items, int count, long milliseconds);
/// Passes messages from one socket to the other until the context is shut down.
int etude_zmq_proxy(void *front, void *back);

int etude_zmq_errno(void);
const char *etude_zmq_strerror(int number);
