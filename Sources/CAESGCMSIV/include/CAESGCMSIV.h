#ifndef CAESGCMSIV_H
#define CAESGCMSIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// AES-256-GCM-SIV (RFC 8452) by the processor's instructions for AES and for multiplication without carry.
//
// Their time does not depend on what they work on, and there are no tables; nothing here allocates or fails.
// A text is at most 2^36 bytes, and so is what is authenticated beside it (RFC 8452 section 6).

/// An AES-256 key, expanded to the keys of its rounds (FIPS 197 section 5.2). As secret as the key.
typedef struct {
  _Alignas(16) uint8_t rounds[15][16];
} aesgcmsiv_key;

/// Whether this processor has the instructions; nothing else may be called on one that has not.
bool aesgcmsiv_is_supported(void);

void aesgcmsiv_expand(aesgcmsiv_key *expanded, const void *key_of_32_bytes);

/// Encrypts the text in place and writes its tag into the 16 bytes behind it.
void aesgcmsiv_seal(const aesgcmsiv_key *key, const void *nonce_of_12_bytes, const void *authenticated,
                    size_t authenticated_count, void *text, size_t count);

/// Decrypts the text in place. False when what is behind it is not its tag, and then the text is zeros.
bool aesgcmsiv_open(const aesgcmsiv_key *key, const void *nonce_of_12_bytes, const void *authenticated,
                    size_t authenticated_count, void *text, size_t count);

/// Zeros, which no compiler leaves out.
void aesgcmsiv_wipe(void *memory, size_t count);

#endif
