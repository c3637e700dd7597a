/* compress.c -- messages through zlib.
 *
 *   encoding   format     zlib's windowBits
 *   gzip       RFC 1952   15 + 16
 *   deflate    RFC 1950   15                 HTTP's name for the zlib format
 *
 * A message is done in one go, so the streams are free again when a function returns.
 * Spec: gRPC compression.md.  Elsewhere: which messages are compressed, and what a failure means (the fronts). */
#include "grpc/compress.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST
#include <zlib.h>

enum { ROOM_KEEP = 64 * 1024, WINDOW_BITS = 15, GZIP_BITS = 16, MEMORY_LEVEL = 8 };

typedef struct gg_zlib {
    z_stream inflate, gzip, deflate;
    bool inflates, gzips, deflates; /* they are set up */
} gg_zlib;

/* -- names -- */

static const gg_str names[] = { [GG_COMPRESSION_DEFAULT] = GG_STR_INIT(""),
    [GG_COMPRESSION_IDENTITY] = GG_STR_INIT("identity"),
    [GG_COMPRESSION_GZIP] = GG_STR_INIT("gzip"),
    [GG_COMPRESSION_DEFLATE] = GG_STR_INIT("deflate") };

gg_str gg_compression_name(gg_compression compression)
{
    return names[compression];
}

bool gg_compression_parse(gg_str name, gg_compression *compression)
{
    for (size_t i = GG_COMPRESSION_IDENTITY; i < sizeof names / sizeof names[0]; i++) {
        if (gg_str_eq(name, names[i])) {
            *compression = (gg_compression)i;
            return true;
        }
    }
    return false;
}

static bool lists(gg_str list, gg_str name)
{
    while (list.len > 0) { /* each round takes one name, or one comma, off the list */
        const char *comma = memchr(list.ptr, ',', list.len);
        gg_str item = gg_str_of(list.ptr, comma != NULL ? (size_t)(comma - list.ptr) : list.len);
        size_t used = item.len + (comma != NULL);
        list = gg_str_of(list.ptr + used, list.len - used);
        while (item.len > 0 && item.ptr[0] == ' ')
            item = gg_str_of(item.ptr + 1, item.len - 1);
        while (item.len > 0 && item.ptr[item.len - 1] == ' ')
            item.len--;
        if (gg_str_eq(item, name))
            return true;
    }
    return false;
}

bool gg_compression_accepted(gg_compression compression, const gg_headers *headers)
{
    gg_str name = gg_compression_name(compression);
    bool any = false;
    for (size_t i = 0; i < headers->count; i++) {
        if (!gg_str_eq(headers->items[i].name, GG_STR("grpc-accept-encoding")))
            continue;
        any = true;
        if (lists(headers->items[i].value, name))
            return true;
    }
    return !any && gg_str_eq(gg_headers_get(headers, GG_STR("grpc-encoding")), name);
}

/* -- zlib's memory -- */

static void *zlib_alloc(void *user, unsigned count, unsigned len)
{
    (void)user;
    return calloc(count, len);
}

static void zlib_free(void *user, void *memory)
{
    (void)user;
    free(memory);
}

/* The streams, none of them set up at first; NULL when memory is out. */
static gg_zlib *zlib_of(gg_compressor *c)
{
    if (c->zlib == NULL && (c->zlib = calloc(1, sizeof *c->zlib)) != NULL) {
        z_stream *all[] = { &c->zlib->inflate, &c->zlib->gzip, &c->zlib->deflate };
        for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
            all[i]->zalloc = zlib_alloc;
            all[i]->zfree = zlib_free;
        }
    }
    return c->zlib;
}

void gg_compressor_deinit(gg_compressor *c)
{
    gg_zlib *z = c->zlib;
    if (z != NULL && z->inflates)
        inflateEnd(&z->inflate);
    if (z != NULL && z->gzips)
        deflateEnd(&z->gzip);
    if (z != NULL && z->deflates)
        deflateEnd(&z->deflate);
    free(z);
    free(c->room);
    *c = (gg_compressor){ 0 };
}

static int bits_of(gg_compression how)
{
    assert(gg_compression_is_on(how));
    return how == GG_COMPRESSION_GZIP ? WINDOW_BITS + GZIP_BITS : WINDOW_BITS;
}

/* A stream at its beginning; NULL when memory is out. */
static z_stream *inflater(gg_compressor *c, gg_compression how)
{
    gg_zlib *z = zlib_of(c);
    if (z == NULL)
        return NULL;
    if (z->inflates)
        return inflateReset2(&z->inflate, bits_of(how)) == Z_OK ? &z->inflate : NULL;
    z->inflates = inflateInit2(&z->inflate, bits_of(how)) == Z_OK;
    return z->inflates ? &z->inflate : NULL;
}

static z_stream *deflater(gg_compressor *c, gg_compression how)
{
    gg_zlib *z = zlib_of(c);
    if (z == NULL)
        return NULL;
    z_stream *stream = how == GG_COMPRESSION_GZIP ? &z->gzip : &z->deflate;
    bool *is_set_up = how == GG_COMPRESSION_GZIP ? &z->gzips : &z->deflates;
    if (*is_set_up)
        return deflateReset(stream) == Z_OK ? stream : NULL;
    *is_set_up =
        deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, bits_of(how), MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK;
    return *is_set_up ? stream : NULL;
}

/* -- messages -- */

/* Makes room for more than there is, up to max_len bytes in all. */
static gg_rc grow(gg_compressor *c, size_t max_len)
{
    if (c->len >= max_len)
        return GG_ETOOBIG;
    if (c->len < c->cap)
        return GG_OK;
    size_t cap = c->cap == 0 ? ROOM_KEEP : c->cap * 2;
    if (cap > max_len && cap > ROOM_KEEP)
        cap = max_len;
    char *room = realloc(c->room, cap);
    if (room == NULL)
        return GG_ENOMEM;
    c->room = room;
    c->cap = cap;
    return GG_OK;
}

/* Runs the stream to its end.  GG_ETOOBIG: max_len bytes came out and it is not there; GG_EPROTO. */
static gg_rc run(gg_compressor *c, z_stream *z, int (*step)(z_stream *z, int flush), size_t max_len)
{
    for (;;) { /* each round fills the room there is: at most log2(max_len / ROOM_KEEP) + 2 */
        gg_rc rc = grow(c, max_len);
        if (rc != GG_OK)
            return rc;
        size_t room = (c->cap < max_len ? c->cap : max_len) - c->len;
        if (room > UINT_MAX)
            room = UINT_MAX;
        z->next_out = (unsigned char *)c->room + c->len;
        z->avail_out = (unsigned)room;
        int answer = step(z, Z_FINISH);
        c->len += room - z->avail_out;
        if (answer == Z_STREAM_END)
            return GG_OK;
        if (answer == Z_MEM_ERROR)
            return GG_ENOMEM;
        bool wants_room = (answer == Z_OK || answer == Z_BUF_ERROR) && z->avail_out == 0;
        if (!wants_room)
            return GG_EPROTO;
    }
}

static void feed(gg_compressor *c, z_stream *z, gg_str message)
{
    assert(message.len <= UINT32_MAX);
    c->len = 0;
    z->next_in = (const unsigned char *)message.ptr;
    z->avail_in = (unsigned)message.len;
}

/* What came out, in the arena; the room is cut down to what is kept. */
static gg_rc finish(gg_compressor *c, gg_rc rc, gg_arena *arena, gg_str *out)
{
    if (rc == GG_OK) {
        *out = gg_arena_dup(arena, gg_str_of(c->room, c->len));
        rc = out->ptr != NULL ? GG_OK : GG_ENOMEM;
    }
    if (c->cap > ROOM_KEEP) {
        free(c->room);
        c->room = NULL;
        c->cap = 0;
    }
    return rc;
}

gg_rc gg_compress(gg_compressor *c, gg_compression how, gg_str message, gg_arena *arena, gg_str *out)
{
    if (message.len == 0)
        return GG_END;
    z_stream *z = deflater(c, how);
    if (z == NULL)
        return GG_ENOMEM;
    feed(c, z, message);
    gg_rc rc = run(c, z, deflate, message.len - 1);
    return finish(c, rc == GG_ETOOBIG ? GG_END : rc, arena, out);
}

gg_rc gg_decompress(gg_compressor *c, gg_compression how, gg_str message, uint32_t max_len, gg_arena *arena,
    gg_str *out)
{
    if (message.len == 0) {
        *out = GG_STR("");
        return GG_OK;
    }
    z_stream *z = inflater(c, how);
    if (z == NULL)
        return GG_ENOMEM;
    feed(c, z, message);
    gg_rc rc = run(c, z, inflate, (size_t)max_len + 1);
    if (rc == GG_OK && c->len > max_len)
        rc = GG_ETOOBIG;
    else if (rc == GG_OK && z->avail_in > 0)
        rc = GG_EPROTO;
    return finish(c, rc, arena, out);
}
