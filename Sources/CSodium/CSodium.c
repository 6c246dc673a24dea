#include "CSodium.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>

// The functions this shim calls, looked up when the library is opened.
#define ETUDE_SODIUM_FUNCTIONS(F) \
  F(sodium_init) \
  F(sodium_memcmp) \
  F(crypto_auth_hmacsha256_init) \
  F(crypto_auth_hmacsha256_update) \
  F(crypto_auth_hmacsha256_final)

static struct {
#define ETUDE_FIELD(name) __typeof__(&name) name;
  ETUDE_SODIUM_FUNCTIONS(ETUDE_FIELD)
#undef ETUDE_FIELD
} library;
static int isOpen;

static int fail(char *message, size_t size, const char *text) {
  snprintf(message, size, "%s", text);
  return -1;
}

static int openOnce(const char *name, char *message, size_t size) {
  if (isOpen) return 0;
  void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return fail(message, size, dlerror());
#define ETUDE_LOOK_UP(symbol) \
  library.symbol = (__typeof__(&symbol))dlsym(handle, #symbol); \
  if (!library.symbol) return fail(message, size, "it has no " #symbol);
  ETUDE_SODIUM_FUNCTIONS(ETUDE_LOOK_UP)
#undef ETUDE_LOOK_UP
  if (library.sodium_init() < 0) return fail(message, size, "it could not be prepared");
  isOpen = 1;
  return 0;
}

int etude_sodium_open(const char *name, char *message, size_t size) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  int status = openOnce(name, message, size);
  pthread_mutex_unlock(&lock);
  return status;
}

void etude_hmac_sha256(
    const uint8_t *key, size_t keySize, const uint8_t *bytes, size_t size, uint8_t *out) {
  crypto_auth_hmacsha256_state state;
  library.crypto_auth_hmacsha256_init(&state, key, keySize);
  library.crypto_auth_hmacsha256_update(&state, bytes, size);
  library.crypto_auth_hmacsha256_final(&state, out);
}

int etude_is_equal(const uint8_t *left, const uint8_t *right, size_t size) {
  return library.sodium_memcmp(left, right, size) == 0;
}
