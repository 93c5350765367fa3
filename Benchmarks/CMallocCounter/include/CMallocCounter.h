#ifndef CMALLOC_COUNTER_H
#define CMALLOC_COUNTER_H

#include <stdint.h>

/// How often this process has allocated memory since it started: malloc, calloc, realloc, aligned_alloc,
/// posix_memalign and memalign. Zero where they are not counted, which is everywhere but with glibc.
uint64_t malloc_counter_count(void);

#endif
