/* h2_mem.h -- the allocator that a connection's nghttp2 session is given: freed blocks are kept, in lists
 * by length, and handed out again, so that a stream costs no malloc once the connection has seen one.
 *
 *   | length class | block of 64, 128 ... 1024 bytes |     larger ones go to malloc and back
 *
 * One per connection; what is kept is bounded, and given back when the connection has been idle. */
#ifndef GG_SRC_HTTP_H2_MEM_H
#define GG_SRC_HTTP_H2_MEM_H

#include "gg/base.h"

enum {
    GG_H2_BLOCK_STEP = 64,
    GG_H2_BLOCK_CLASSES = 16,
    GG_H2_KEEP_LEN = 256 * 1024 /* bytes kept, at most */
};

typedef struct gg_h2_block gg_h2_block;
typedef struct gg_h2_mem { /* zero-initialised is ready for use */
    gg_h2_block *free[GG_H2_BLOCK_CLASSES];
    size_t kept_len;
} gg_h2_mem;

/* The functions of nghttp2_mem; user is the gg_h2_mem. */
void *gg_h2_malloc(size_t len, void *user);
void *gg_h2_calloc(size_t count, size_t len, void *user);
void *gg_h2_realloc(void *ptr, size_t len, void *user);
void gg_h2_free(void *ptr, void *user);
/* Gives everything that is kept back to malloc. */
void gg_h2_mem_trim(gg_h2_mem *mem);

#endif
