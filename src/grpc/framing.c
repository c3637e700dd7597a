/* framing.c -- splits a body into Length-Prefixed-Messages, however its bytes were cut.
 *
 *   0      1          5               5 + length
 *   +------+----------+---------------+   flag    0 plain, 1 compressed
 *   | flag |  length  | message bytes |   length  uint32, big-endian, in bytes; 0 is legal
 *   +------+----------+---------------+
 *
 * A message is collected in the arena and gets a NUL after it.  Memory follows what was received, not what
 * the prefix claims: a peer that announces 4 MiB and sends nothing costs FIRST_CAP bytes.
 * Spec: gRPC PROTOCOL-HTTP2, "Length-Prefixed-Message".  Elsewhere: decompression, flow control (front.c). */
#include "grpc/framing.h"

#include <assert.h>

enum { FIRST_CAP = 64 * 1024 }; /* bytes taken on the prefix's word alone */

void gg_deframer_init(gg_deframer *d, gg_arena *arena, uint32_t max_len)
{
    *d = (gg_deframer){ .arena = arena, .max_len = max_len };
}

bool gg_deframer_at_boundary(const gg_deframer *d)
{
    return d->prefix_len == 0;
}

/* Moves at most `want` bytes from the front of *body to `to`; how many. */
static size_t take(gg_str *body, void *to, size_t want)
{
    size_t len = body->len < want ? body->len : want;
    if (len > 0) {
        memcpy(to, body->ptr, len);
        *body = gg_str_of(body->ptr + len, body->len - len);
    }
    return len;
}

/* Collects the prefix.  GG_OK: it is whole and in order, d->want is set. */
static gg_rc take_prefix(gg_deframer *d, gg_str *body)
{
    d->prefix_len += (uint8_t)take(body, d->prefix + d->prefix_len, (size_t)GG_PREFIX_LEN - d->prefix_len);
    if (d->prefix_len > 0 && d->prefix[0] > 1)
        return GG_EPROTO;
    if (d->prefix_len < GG_PREFIX_LEN)
        return GG_NEED_MORE;
    const unsigned char *p = d->prefix;
    d->want = (uint32_t)p[1] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 8 | p[4];
    return d->want > d->max_len ? GG_ETOOBIG : GG_OK;
}

/* Makes room for at least one more byte (or for the final NUL). */
static gg_rc grow(gg_deframer *d)
{
    size_t whole = (size_t)d->want + 1, cap = d->data_cap == 0 ? FIRST_CAP : d->data_cap * 2;
    if (cap > whole)
        cap = whole;
    char *data = d->data == NULL ? gg_arena_bytes(d->arena, cap) : gg_arena_grow(d->arena, d->data, d->data_cap, cap);
    if (data == NULL)
        return GG_ENOMEM;
    d->data = data;
    d->data_cap = cap;
    return GG_OK;
}

gg_rc gg_deframer_next(gg_deframer *d, gg_str *body, gg_str *message, bool *compressed)
{
    assert(d->arena != NULL && body != NULL);
    gg_rc rc = d->prefix_len < GG_PREFIX_LEN ? take_prefix(d, body) : GG_OK;
    if (rc == GG_OK && d->data == NULL)
        rc = grow(d);
    while (rc == GG_OK) { /* each round fills the room there is: at most log2(want / FIRST_CAP) + 2 */
        size_t room = d->data_cap < d->want ? d->data_cap : d->want;
        d->data_len += take(body, d->data + d->data_len, room - d->data_len);
        if (d->data_len == d->want && d->data_cap > d->want)
            break;
        if (d->data_len < room)
            return GG_NEED_MORE;
        rc = grow(d);
    }
    if (rc != GG_OK)
        return rc;
    d->data[d->data_len] = '\0';
    *message = gg_str_of(d->data, d->data_len);
    *compressed = d->prefix[0] == 1;
    gg_deframer_init(d, d->arena, d->max_len);
    return GG_OK;
}

void gg_frame_prefix(char out[GG_PREFIX_LEN], size_t message_len, bool compressed)
{
    assert(message_len <= UINT32_MAX);
    out[0] = compressed ? 1 : 0;
    for (size_t i = 1; i < GG_PREFIX_LEN; i++)
        out[i] = (char)(unsigned char)(message_len >> 8 * (GG_PREFIX_LEN - 1 - i));
}
