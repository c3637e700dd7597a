/* buf.h -- bytes that grow at the end and are taken from the front.
 *
 * Owner: whoever embeds it; memory from malloc or from a loop's chunk pool.  One thread. */
#ifndef GG_SRC_BASE_BUF_H
#define GG_SRC_BASE_BUF_H

#include "base/arena.h"

typedef struct gg_buf {
    char *data;
    size_t start, len, cap; /* the bytes are data[start .. start + len) */
    gg_chunk_pool *pool;    /* NULL: malloc */
} gg_buf;

static inline gg_str gg_buf_str(const gg_buf *buf)
{
    return gg_str_of(buf->data != NULL ? buf->data + buf->start : NULL, buf->len);
}
/* Makes room for `more` bytes after the last one and returns where they go; NULL when out of memory.
 * The caller writes and then adds to len with gg_buf_added. */
char *gg_buf_reserve(gg_buf *buf, size_t more);
static inline void gg_buf_added(gg_buf *buf, size_t n)
{
    buf->len += n;
}
gg_rc gg_buf_append(gg_buf *buf, gg_str bytes);
/* Takes n bytes (at most len) off the front; an empty buffer gives its memory back. */
void gg_buf_consume(gg_buf *buf, size_t n);
void gg_buf_deinit(gg_buf *buf);

#endif
