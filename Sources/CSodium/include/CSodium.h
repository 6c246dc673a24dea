#pragma once
#include <stddef.h>
#include <stdint.h>

// HMAC-SHA256 by libsodium. The library is opened on first use, never linked.

#define ETUDE_HMAC_BYTES 32

/// Opens the library. Returns 0, or -1 and the loader's words. Later calls do nothing.
int etude_sodium_open(const char *library, char *message, size_t messageSize);

/// Writes the `ETUDE_HMAC_BYTES` of what is signed.
void etude_hmac_sha256(
    const uint8_t *key, size_t keySize, const uint8_t *bytes, size_t size, uint8_t *out);

/// Whether two stretches are equal, found in a time that does not depend on where they differ.
int etude_is_equal(const uint8_t *left, const uint8_t *right, size_t size);
