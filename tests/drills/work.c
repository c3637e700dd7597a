/* work.c -- counts basic blocks and bytes (work.h).  One thread at a time. */
#include "work.h"

#ifdef GG_DRILLS_COUNT
#include <stddef.h>

static uint64_t work;

uint64_t work_done(void)
{
    return work;
}

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    work++;
}

#define WRAP(result, name, params, args, bytes) \
    result __real_##name params; \
    result __wrap_##name params; \
    result __wrap_##name params \
    { \
        work += (bytes) / 8; /* about what one step takes */ \
        return __real_##name args; \
    }
WRAP(void *, memcpy, (void *to, const void *from, size_t n), (to, from, n), n)
WRAP(void *, memmove, (void *to, const void *from, size_t n), (to, from, n), n)
WRAP(void *, memset, (void *to, int byte, size_t n), (to, byte, n), n)
WRAP(int, memcmp, (const void *a, const void *b, size_t n), (a, b, n), n)

void *__real_memchr(const void *text, int byte, size_t n);
void *__wrap_memchr(const void *text, int byte, size_t n);
void *__wrap_memchr(const void *text, int byte, size_t n)
{
    const char *found = __real_memchr(text, byte, n);
    work += (found != NULL ? (size_t)(found - (const char *)text) : n) / 8;
    return (void *)(uintptr_t)found;
}
#else
uint64_t work_done(void)
{
    return 0;
}
#endif
