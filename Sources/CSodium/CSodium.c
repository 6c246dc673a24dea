#include "CSodium.h"

#include <CDynamicLibrary.h>
#include <sodium.h>

#define FUNCTIONS(F) \
  F(sodium_init) \
  F(sodium_memcmp) \
  F(crypto_auth_hmacsha256_init) \
  F(crypto_auth_hmacsha256_update) \
  F(crypto_auth_hmacsha256_final)

static struct { FUNCTIONS(ETUDE_FIELD) } functions;
static const EtudeSymbol symbols[] = {FUNCTIONS(ETUDE_SYMBOL)};

static const char *prepare(void) {
  return functions.sodium_init() < 0 ? "it could not be prepared" : NULL;
}

static EtudeDynamicLibrary library = {ETUDE_SYMBOLS(symbols), .after = prepare};

int etude_sodium_open(const char *name, char *message, size_t size) {
  return etude_open(&library, name, message, size);
}

void etude_hmac_sha256(
    const uint8_t *key, size_t keySize, const uint8_t *bytes, size_t size, uint8_t *out) {
  crypto_auth_hmacsha256_state state;
  functions.crypto_auth_hmacsha256_init(&state, key, keySize);
  functions.crypto_auth_hmacsha256_update(&state, bytes, size);
  functions.crypto_auth_hmacsha256_final(&state, out);
}

int etude_is_equal(const uint8_t *left, const uint8_t *right, size_t size) {
  return functions.sodium_memcmp(left, right, size) == 0;
}
