// Blocks of 16 bytes in the registers of ARMv8, with its extension for AES.

#include <arm_neon.h>
#if defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

#define HARDWARE __attribute__((target("aes")))
#define INLINE static inline __attribute__((always_inline)) HARDWARE

typedef uint8x16_t block;

static bool has_instructions(void) {
#if defined(__APPLE__)
  return true;
#elif defined(__linux__)
  const unsigned long wanted = HWCAP_AES | HWCAP_PMULL;
  return (getauxval(AT_HWCAP) & wanted) == wanted;
#else
  return false;
#endif
}

INLINE block load(const uint8_t *bytes) { return vld1q_u8(bytes); }
INLINE void store(uint8_t *bytes, block value) { vst1q_u8(bytes, value); }
INLINE block zero(void) { return vdupq_n_u8(0); }
INLINE block xor(block a, block b) { return veorq_u8(a, b); }

/// Of all bits at once, wherever one is set.
INLINE bool is_zero(block value) { return vmaxvq_u8(value) == 0; }

/// The numbers as they stand in memory, little-endian.
INLINE block from_words(uint64_t low, uint64_t high) {
  return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(low), vcreate_u64(high)));
}

/// Adds to the first 32 bits alone, without a carry out of them.
INLINE block add_to_first_word(block value, int32_t number) {
  const uint32x4_t addend = vsetq_lane_u32((uint32_t)number, vdupq_n_u32(0), 0);
  return vreinterpretq_u8_u32(vaddq_u32(vreinterpretq_u32_u8(value), addend));
}

// The processor adds the key before the round, and so one of zeros.
INLINE block aes_round(block state, block key) { return xor(vaesmcq_u8(vaeseq_u8(state, zero())), key); }
INLINE block aes_last_round(block state, block key) { return xor(vaeseq_u8(state, zero()), key); }

/// SubWord of the last word, in all four (FIPS 197 section 5.2): ShiftRows changes nothing where all words are the same.
INLINE block sub_word(block key) {
  const uint32_t last = vgetq_lane_u32(vreinterpretq_u32_u8(key), 3);
  return vaeseq_u8(vreinterpretq_u8_u32(vdupq_n_u32(last)), zero());
}

/// SubWord(RotWord) of the last word with a round constant, in all four.
INLINE block sub_rot_word(block key, int32_t constant) {
  const uint32x4_t word = vreinterpretq_u32_u8(sub_word(key));
  const uint32x4_t rotated = vorrq_u32(vshrq_n_u32(word, 8), vshlq_n_u32(word, 24));
  return xor(vreinterpretq_u8_u32(rotated), vreinterpretq_u8_u32(vdupq_n_u32((uint32_t)constant)));
}

/// Each word with all words before it added.
INLINE block sums_of_words(block value) {
  value = xor(value, vextq_u8(zero(), value, 12));
  return xor(value, vextq_u8(zero(), value, 8));
}

/// The product of two polynomials of 64 bits.
INLINE block multiply(uint64_t a, uint64_t b) {
  return vreinterpretq_u8_p128(vmull_p64((poly64_t)a, (poly64_t)b));
}

INLINE uint64_t lower_half(block value) { return vgetq_lane_u64(vreinterpretq_u64_u8(value), 0); }
INLINE uint64_t upper_half(block value) { return vgetq_lane_u64(vreinterpretq_u64_u8(value), 1); }

/// The product of two elements of the field of POLYVAL, times x^-128 (RFC 8452 section 3).
///
/// The 256 bits of the product are reduced from below: twice, the lowest 64 bits are taken away by adding the
/// polynomial times them, of which 0xC2… are the upper coefficients.
INLINE block dot(block a, block b) {
  const uint64_t polynomial = 0xC200000000000000;
  block low = multiply(lower_half(a), lower_half(b));
  block high = multiply(upper_half(a), upper_half(b));
  const block middle = xor(multiply(upper_half(a), lower_half(b)), multiply(lower_half(a), upper_half(b)));
  low = xor(low, vextq_u8(zero(), middle, 8));
  high = xor(high, vextq_u8(middle, zero(), 8));
  low = xor(vextq_u8(low, low, 8), multiply(lower_half(low), polynomial));
  low = xor(vextq_u8(low, low, 8), multiply(lower_half(low), polynomial));
  return xor(high, low);
}
