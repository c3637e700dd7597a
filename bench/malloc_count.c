/* malloc_count.c -- counts the allocations of a whole process, libraries included (LD_PRELOAD).
 *
 * Each call of malloc, calloc, realloc or an aligned variant adds one to a uint64_t in the file that
 * MALLOC_COUNT_FILE names (8 bytes, mapped shared), where the benchmark reads it while the process runs.
 * glibc only: its own functions are reached by their __libc_ names, so nothing is looked up. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t len);
void *__libc_calloc(size_t count, size_t len);
void *__libc_realloc(void *old, size_t len);
void *__libc_memalign(size_t alignment, size_t len);

static uint64_t before_map;
static uint64_t *count = &before_map;

__attribute__((constructor)) static void map_count(void)
{
    const char *path = getenv("MALLOC_COUNT_FILE");
    int fd = path != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *page = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED)
        count = page;
    close(fd);
}

static void add_one(void)
{
    __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t len)
{
    add_one();
    return __libc_malloc(len);
}

void *calloc(size_t items, size_t len)
{
    add_one();
    return __libc_calloc(items, len);
}

void *realloc(void *old, size_t len)
{
    add_one();
    return __libc_realloc(old, len);
}

void *memalign(size_t alignment, size_t len);
void *memalign(size_t alignment, size_t len)
{
    add_one();
    return __libc_memalign(alignment, len);
}

void *aligned_alloc(size_t alignment, size_t len)
{
    add_one();
    return __libc_memalign(alignment, len);
}

int posix_memalign(void **out, size_t alignment, size_t len)
{
    add_one();
    *out = __libc_memalign(alignment, len);
    return *out != NULL ? 0 : ENOMEM;
}
