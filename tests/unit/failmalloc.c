/* failmalloc.c -- the functions that ld's --wrap puts in place of malloc, calloc, realloc and uv_thread_create.
 *
 * Each counts the call, then fails it or hands it to the real one.  free is not wrapped: every pointer
 * comes from the real allocator. */
#include "failmalloc.h"

#include <stdatomic.h>
#include <uv.h>

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *ptr, size_t len);
int __real_uv_thread_create(uv_thread_t *thread, uv_thread_cb entry, void *arg);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *ptr, size_t len);
int __wrap_uv_thread_create(uv_thread_t *thread, uv_thread_cb entry, void *arg);

static atomic_size_t calls;                /* since the last gg_fail_after */
static atomic_size_t fail_call = SIZE_MAX; /* the one of them that fails, from 0 */

void gg_fail_after(size_t n)
{
    atomic_store(&fail_call, n);
    atomic_store(&calls, 0);
}

size_t gg_fail_count(void)
{
    return atomic_load(&calls);
}

bool gg_fail_happened(void)
{
    return gg_fail_count() > atomic_load(&fail_call);
}

static bool fails_now(void)
{
    return atomic_fetch_add(&calls, 1) == atomic_load(&fail_call);
}

void *__wrap_malloc(size_t len)
{
    return fails_now() ? NULL : __real_malloc(len);
}

void *__wrap_calloc(size_t count, size_t len)
{
    return fails_now() ? NULL : __real_calloc(count, len);
}

void *__wrap_realloc(void *ptr, size_t len)
{
    return fails_now() ? NULL : __real_realloc(ptr, len);
}

int __wrap_uv_thread_create(uv_thread_t *thread, uv_thread_cb entry, void *arg)
{
    return fails_now() ? UV_EAGAIN : __real_uv_thread_create(thread, entry, arg);
}
