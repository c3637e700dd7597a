/* buf.c -- the growing buffer: doubles when full, moves its bytes to the front when at least as many
 * have been taken as are left, so that a byte is moved a bounded number of times. */
#include "base/buf.h"

static void give_back(gg_buf *buf)
{
    gg_pool_give(buf->pool, buf->data);
    buf->data = NULL;
    buf->start = buf->cap = 0;
}

static char *grow(gg_buf *buf, size_t need)
{
    size_t cap = 0;
    char *data = gg_pool_take(buf->pool, need > buf->cap * 2 ? need : buf->cap * 2, &cap);
    if (data == NULL)
        return NULL;
    if (buf->data != NULL)
        memcpy(data, buf->data + buf->start, buf->len);
    give_back(buf);
    buf->data = data;
    buf->cap = cap;
    return data + buf->len;
}

char *gg_buf_reserve(gg_buf *buf, size_t more)
{
    size_t used = buf->start + buf->len;
    if (buf->data != NULL && buf->cap - used >= more)
        return buf->data + used;
    if (more > SIZE_MAX / 4 - buf->len)
        return NULL;
    if (buf->start >= buf->len && buf->cap >= buf->len + more && buf->data != NULL) {
        memmove(buf->data, buf->data + buf->start, buf->len);
        buf->start = 0;
        return buf->data + buf->len;
    }
    return grow(buf, buf->len + more);
}

gg_rc gg_buf_append(gg_buf *buf, gg_str bytes)
{
    if (bytes.len == 0)
        return GG_OK;
    char *end = gg_buf_reserve(buf, bytes.len);
    if (end == NULL)
        return GG_ENOMEM;
    memcpy(end, bytes.ptr, bytes.len);
    gg_buf_added(buf, bytes.len);
    return GG_OK;
}

void gg_buf_consume(gg_buf *buf, size_t n)
{
    buf->start += n;
    buf->len -= n;
    if (buf->len == 0)
        give_back(buf);
}

void gg_buf_deinit(gg_buf *buf)
{
    buf->len = 0;
    give_back(buf);
}
