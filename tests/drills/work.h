/* work.h -- how much the library has done: a count that is the same on every machine.
 *
 * With GG_DRILLS_COUNT the library's own objects are built with -fsanitize-coverage=trace-pc, so that each of
 * their basic blocks calls us, and the C library's memory functions go through --wrap (work.c). */
#ifndef GG_TESTS_DRILLS_WORK_H
#define GG_TESTS_DRILLS_WORK_H

#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
enum { WORK_SANITIZED = 1 };
#else
enum { WORK_SANITIZED = 0 };
#endif

/* Basic blocks run and bytes moved or compared so far; 0 where nothing counts. */
uint64_t work_done(void);

#endif
