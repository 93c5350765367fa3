#include "CAESGCMSIV.h"

#include <string.h>

void aesgcmsiv_wipe(void *memory, size_t count) {
  memset(memory, 0, count);
  // Somebody might look at it, for all the compiler knows.
  __asm__ volatile("" : : "r"(memory) : "memory");
}

#if defined(__x86_64__)
#include "block_x86_64.h"
#define KNOWS_INSTRUCTIONS
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#include "block_arm64.h"
#define KNOWS_INSTRUCTIONS
#endif

#if defined(KNOWS_INSTRUCTIONS)

enum { LAST_ROUND = 14, LANES = 8 };

bool aesgcmsiv_is_supported(void) { return has_instructions(); }

/// FIPS 197 section 5.2, for keys of 256 bits.
HARDWARE void aesgcmsiv_expand(aesgcmsiv_key *expanded, const void *key) {
  block before = load(key);
  block last = load((const uint8_t *)key + 16);
  store(expanded->rounds[0], before);
  store(expanded->rounds[1], last);
  for (int round = 2, constant = 1; round <= LAST_ROUND; round++) {
    const bool is_even = round % 2 == 0;
    const block substituted = is_even ? sub_rot_word(last, constant) : sub_word(last);
    if (is_even) constant <<= 1;
    const block next = xor(sums_of_words(before), substituted);
    store(expanded->rounds[round], next);
    before = last;
    last = next;
  }
}

/// AES of so many blocks side by side: each instruction takes several times as long as until the next can begin.
INLINE void encrypt(const aesgcmsiv_key *key, block *blocks, int count) {
  for (int i = 0; i < count; i++) blocks[i] = xor(blocks[i], load(key->rounds[0]));
  for (int round = 1; round < LAST_ROUND; round++) {
    const block round_key = load(key->rounds[round]);
    for (int i = 0; i < count; i++) blocks[i] = aes_round(blocks[i], round_key);
  }
  for (int i = 0; i < count; i++) blocks[i] = aes_last_round(blocks[i], load(key->rounds[LAST_ROUND]));
}

/// A block of fewer than 16 bytes, with zeros behind them.
INLINE block load_padded(const uint8_t *bytes, size_t count) {
  uint8_t padded[16] = {0};
  memcpy(padded, bytes, count);
  return load(padded);
}

/// What the two keys of one message are (RFC 8452 section 4).
typedef struct {
  aesgcmsiv_key encryption;
  block authentication;
} message_keys;

INLINE void derive(message_keys *keys, const aesgcmsiv_key *key, const uint8_t nonce[12]) {
  // The nonce behind a counter, of which each block gives 8 bytes.
  uint8_t input[16] = {0};
  memcpy(input + 4, nonce, 12);
  block blocks[6];
  for (int i = 0; i < 6; i++) blocks[i] = add_to_first_word(load(input), i);
  encrypt(key, blocks, 6);
  uint8_t derived[48 + 8];
  for (int i = 0; i < 6; i++) store(derived + 8 * i, blocks[i]);
  keys->authentication = load(derived);
  aesgcmsiv_expand(&keys->encryption, derived + 16);
  aesgcmsiv_wipe(derived, sizeof derived);
}

/// Goes on with POLYVAL (RFC 8452 section 3) over these bytes, padded with zeros.
INLINE block polyval(block sum, block key, const uint8_t *bytes, size_t count) {
  for (; count >= 16; bytes += 16, count -= 16) sum = dot(xor(sum, load(bytes)), key);
  return count == 0 ? sum : dot(xor(sum, load_padded(bytes, count)), key);
}

/// The tag of a text in clear (RFC 8452 section 4).
INLINE block tag_of(const message_keys *keys, const uint8_t nonce[12], const uint8_t *authenticated,
                    size_t authenticated_count, const uint8_t *text, size_t count) {
  block sum = polyval(zero(), keys->authentication, authenticated, authenticated_count);
  sum = polyval(sum, keys->authentication, text, count);
  const block lengths = from_words((uint64_t)authenticated_count * 8, (uint64_t)count * 8);
  sum = dot(xor(sum, lengths), keys->authentication);
  sum = xor(sum, load_padded(nonce, 12));
  // Without the top bit, which tells counters from what becomes a tag.
  uint8_t bytes[16];
  store(bytes, sum);
  bytes[15] &= 0x7F;
  block tag = load(bytes);
  encrypt(&keys->encryption, &tag, 1);
  return tag;
}

/// AES in counter mode from a tag (RFC 8452 section 4), in place.
INLINE void encrypt_or_decrypt(const message_keys *keys, block tag, uint8_t *text, size_t count) {
  uint8_t first[16];
  store(first, tag);
  first[15] |= 0x80;
  block counter = load(first);
  while (count > 0) {
    block stream[LANES];
    for (int i = 0; i < LANES; i++) stream[i] = add_to_first_word(counter, i);
    counter = add_to_first_word(counter, LANES);
    encrypt(&keys->encryption, stream, LANES);
    for (int i = 0; i < LANES && count > 0; i++) {
      const size_t step = count < 16 ? count : 16;
      if (step == 16) {
        store(text, xor(load(text), stream[i]));
      } else {
        uint8_t end[16];
        store(end, xor(load_padded(text, step), stream[i]));
        memcpy(text, end, step);
      }
      text += step;
      count -= step;
    }
  }
}

HARDWARE void aesgcmsiv_seal(const aesgcmsiv_key *key, const void *nonce, const void *authenticated,
                             size_t authenticated_count, void *text, size_t count) {
  message_keys keys;
  derive(&keys, key, nonce);
  const block tag = tag_of(&keys, nonce, authenticated, authenticated_count, text, count);
  encrypt_or_decrypt(&keys, tag, text, count);
  store((uint8_t *)text + count, tag);
  aesgcmsiv_wipe(&keys, sizeof keys);
}

HARDWARE bool aesgcmsiv_open(const aesgcmsiv_key *key, const void *nonce, const void *authenticated,
                             size_t authenticated_count, void *text, size_t count) {
  message_keys keys;
  derive(&keys, key, nonce);
  const block tag = load((const uint8_t *)text + count);
  encrypt_or_decrypt(&keys, tag, text, count);
  const block right = tag_of(&keys, nonce, authenticated, authenticated_count, text, count);
  aesgcmsiv_wipe(&keys, sizeof keys);
  const bool is_right = is_zero(xor(right, tag));
  if (!is_right) aesgcmsiv_wipe(text, count);
  return is_right;
}

#else

// Nobody calls these where no processor has the instructions.
bool aesgcmsiv_is_supported(void) { return false; }
void aesgcmsiv_expand(aesgcmsiv_key *expanded, const void *key) { __builtin_trap(); }
void aesgcmsiv_seal(const aesgcmsiv_key *key, const void *nonce, const void *authenticated,
                    size_t authenticated_count, void *text, size_t count) {
  __builtin_trap();
}
bool aesgcmsiv_open(const aesgcmsiv_key *key, const void *nonce, const void *authenticated,
                    size_t authenticated_count, void *text, size_t count) {
  __builtin_trap();
}

#endif
