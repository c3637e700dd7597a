/* block.h -- small blocks that come and go one by one: malloc, with free lists in a loop's pool.
 *
 *   gg_chunk_pool.blocks   | 32 | 64 | 96 ... 1024 bytes |     longer ones go to malloc and back
 *
 * For nghttp2, which asks for the parts of every stream: once a loop has served some, one more costs no malloc.  The lists
 * are the loop's and not a connection's, so that one that is idle keeps nothing for its next stream.  What is kept counts
 * for the bound of the pool.  Blocks are aligned to 8 bytes.
 * One thread: the loop's.  The functions are those of nghttp2_mem; pool is a gg_chunk_pool, NULL: malloc alone. */
#ifndef GG_SRC_BASE_BLOCK_H
#define GG_SRC_BASE_BLOCK_H

#include "base/arena.h"

void *gg_block_malloc(size_t len, void *pool);
void *gg_block_calloc(size_t count, size_t len, void *pool);
void *gg_block_realloc(void *ptr, size_t len, void *pool);
void gg_block_free(void *ptr, void *pool);
/* Gives at most that many of the bytes that the pool keeps back to malloc, the longest blocks first, until only `least`
 * are left, or fewer. */
void gg_blocks_free(gg_chunk_pool *pool, size_t most, size_t least);

#endif
