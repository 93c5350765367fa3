// Counts allocations by standing in front of glibc's allocator. Two uses:
// - linked into a program, which asks malloc_counter_count;
// - preloaded into any server: with MALLOC_COUNTER_FILE set, the count is the first 8 bytes of that file, which
//   somebody else can read while the server runs.

#include "CMallocCounter.h"

#if defined(__GLIBC__)

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static _Atomic uint64_t own_count;
static _Atomic(uint64_t) *count = &own_count;

// Allocations before this runs are counted in the process only.
__attribute__((constructor)) static void share_count(void) {
    const char *path = getenv("MALLOC_COUNTER_FILE");
    if (!path) return;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return;
    if (ftruncate(file, sizeof(uint64_t)) == 0) {
        void *shared = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (shared != MAP_FAILED) count = shared;
    }
    close(file);
}

static inline void count_one(void) { atomic_fetch_add_explicit(count, 1, memory_order_relaxed); }

uint64_t malloc_counter_count(void) { return atomic_load_explicit(count, memory_order_relaxed); }

void *malloc(size_t size) {
    count_one();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count_one();
    return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    count_one();
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    count_one();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0) return EINVAL;
    void *memory = memalign(alignment, size);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}

#else

uint64_t malloc_counter_count(void) { return 0; }

#endif
