/* compress.h -- one message compressed or decompressed, and the encodings' names.
 *
 *   message ---> zlib ---> room (malloc, bounded, used again) ---> arena: exactly what came out
 *
 * A message never costs the arena more than it is long, whatever its sender promises.  A compressor belongs to one
 * loop and keeps, once they were needed, zlib's own memory (inflate: 40 KiB, deflate: 260 KiB per encoding) and 64 KiB
 * of room.
 * Spec: gRPC compression.md, PROTOCOL-HTTP2 ("Message-Encoding"); RFC 1950, RFC 1952. */
#ifndef GG_SRC_GRPC_COMPRESS_H
#define GG_SRC_GRPC_COMPRESS_H

#include "base/arena.h"
#include "gg/call.h"
#include "http/exchange.h"

/* Of grpc-accept-encoding. */
#define GG_ACCEPT_ENCODING GG_STR_INIT("identity,deflate,gzip")

/* Whether it is one of the enum's. */
static inline bool gg_compression_valid(gg_compression compression)
{
    return compression >= GG_COMPRESSION_DEFAULT && compression <= GG_COMPRESSION_DEFLATE;
}
/* "gzip"; empty for DEFAULT. */
gg_str gg_compression_name(gg_compression compression);
/* False: not one that is known here. */
bool gg_compression_parse(gg_str name, gg_compression *compression);
/* Whether messages are compressed at all. */
static inline bool gg_compression_is_on(gg_compression compression)
{
    return compression == GG_COMPRESSION_GZIP || compression == GG_COMPRESSION_DEFLATE;
}
/* Whether grpc-accept-encoding lists it; names that are not known here do no harm.  Headers without it: only what
 * the request itself is compressed with. */
bool gg_compression_accepted(gg_compression compression, const gg_headers *headers);

typedef struct gg_compressor { /* zero-initialised is ready for use */
    struct gg_zlib *zlib;
    char *room; /* what comes out */
    size_t len, cap;
} gg_compressor;

void gg_compressor_deinit(gg_compressor *c);
/* Puts the message into the arena, compressed.  GG_OK; GG_END: it would not be smaller, and was left alone;
 * GG_ENOMEM. */
gg_rc gg_compress(gg_compressor *c, gg_compression how, gg_str message, gg_arena *arena, gg_str *out);
/* The other way, a NUL after it.  No bytes at all are an empty message.  GG_OK; GG_ETOOBIG: it is longer than max_len,
 * of which max_len + 1 bytes were made; GG_EPROTO: cut short, not of that format, or with something behind it, be it
 * another gzip member: a message is one stream; GG_ENOMEM. */
gg_rc gg_decompress(gg_compressor *c, gg_compression how, gg_str message, uint32_t max_len, gg_arena *arena,
    gg_str *out);

#endif
