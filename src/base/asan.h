/* asan.h -- tells AddressSanitizer which bytes of a chunk nobody owns, so that it reports their use.
 *
 * Nothing in a build without it. */
#ifndef GG_SRC_BASE_ASAN_H
#define GG_SRC_BASE_ASAN_H

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define GG_POISON(ptr, len) ASAN_POISON_MEMORY_REGION(ptr, len)
#define GG_UNPOISON(ptr, len) ASAN_UNPOISON_MEMORY_REGION(ptr, len)
#else
#define GG_POISON(ptr, len) ((void)(ptr), (void)(len))
#define GG_UNPOISON(ptr, len) ((void)(ptr), (void)(len))
#endif

#endif
