/* failmalloc.h -- makes one allocation fail, to see what a codec does then.
 *
 * Linked into each unit test with --wrap=malloc, --wrap=calloc and --wrap=realloc, so it sees the calls
 * of the library's and the test's own objects, not those inside shared libraries.  Usable under ASan.
 * --wrap=uv_thread_create: to start a thread is an allocation too.
 *
 *   for (size_t n = 0;; n++) {
 *       gg_fail_after(n);
 *       ... the row; an out-of-memory answer is right if gg_fail_happened() ...
 *       if (!gg_fail_happened())
 *           break;                    // it ran to its end: no allocation is left to fail
 *   }
 *   gg_fail_after(SIZE_MAX); */
#ifndef GG_TESTS_FAILMALLOC_H
#define GG_TESTS_FAILMALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From now on n allocations succeed, the next one fails (once), later ones succeed.  SIZE_MAX: none fails. */
void gg_fail_after(size_t n);
/* Allocations asked for since the last gg_fail_after: calls of malloc, calloc, realloc and uv_thread_create. */
size_t gg_fail_count(void);
/* Whether the failure asked for by the last gg_fail_after has been given. */
bool gg_fail_happened(void);

#endif
