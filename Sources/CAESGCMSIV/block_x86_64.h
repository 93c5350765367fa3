// Blocks of 16 bytes in the registers of x86-64.

#include <immintrin.h>

#define HARDWARE __attribute__((target("aes,pclmul,sse4.1")))
#define INLINE static inline __attribute__((always_inline)) HARDWARE

typedef __m128i block;

static bool has_instructions(void) {
  return __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}

INLINE block load(const uint8_t *bytes) { return _mm_loadu_si128((const block *)bytes); }
INLINE void store(uint8_t *bytes, block value) { _mm_storeu_si128((block *)bytes, value); }
INLINE block zero(void) { return _mm_setzero_si128(); }
INLINE block xor(block a, block b) { return _mm_xor_si128(a, b); }

/// Of all bits at once, wherever one is set.
INLINE bool is_zero(block value) { return _mm_testz_si128(value, value); }

/// The numbers as they stand in memory, little-endian.
INLINE block from_words(uint64_t low, uint64_t high) { return _mm_set_epi64x((int64_t)high, (int64_t)low); }

/// Adds to the first 32 bits alone, without a carry out of them.
INLINE block add_to_first_word(block value, int32_t number) {
  return _mm_add_epi32(value, _mm_set_epi32(0, 0, 0, number));
}

INLINE block aes_round(block state, block key) { return _mm_aesenc_si128(state, key); }
INLINE block aes_last_round(block state, block key) { return _mm_aesenclast_si128(state, key); }

/// SubWord of the last word, in all four (FIPS 197 section 5.2): ShiftRows changes nothing where all words are the same.
INLINE block sub_word(block key) { return _mm_aesenclast_si128(_mm_shuffle_epi32(key, 0xFF), zero()); }

/// SubWord(RotWord) of the last word with a round constant, in all four.
INLINE block sub_rot_word(block key, int32_t constant) {
  const block rotated = _mm_set1_epi32(0x0C0F0E0D);
  return _mm_aesenclast_si128(_mm_shuffle_epi8(key, rotated), _mm_set1_epi32(constant));
}

/// Each word with all words before it added.
INLINE block sums_of_words(block value) {
  value = xor(value, _mm_slli_si128(value, 4));
  return xor(value, _mm_slli_si128(value, 8));
}

/// The product of two elements of the field of POLYVAL, times x^-128 (RFC 8452 section 3).
///
/// The 256 bits of the product are reduced from below: twice, the lowest 64 bits are taken away by adding the
/// polynomial times them, of which 0xC2… are the upper coefficients.
INLINE block dot(block a, block b) {
  const block polynomial = _mm_set_epi64x((int64_t)0xC200000000000000, 1);
  block low = _mm_clmulepi64_si128(a, b, 0x00);
  block high = _mm_clmulepi64_si128(a, b, 0x11);
  block middle = xor(_mm_clmulepi64_si128(a, b, 0x01), _mm_clmulepi64_si128(a, b, 0x10));
  low = xor(low, _mm_slli_si128(middle, 8));
  high = xor(high, _mm_srli_si128(middle, 8));
  low = xor(_mm_shuffle_epi32(low, 0x4E), _mm_clmulepi64_si128(low, polynomial, 0x10));
  low = xor(_mm_shuffle_epi32(low, 0x4E), _mm_clmulepi64_si128(low, polynomial, 0x10));
  return xor(high, low);
}
