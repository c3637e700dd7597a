/* fuzz_compress.c -- bytes as a compressed message, and as one to be compressed.  Laws:
 *
 *   - zlib, asked for a byte at a time, makes the same of them, or finds them wrong too.
 *   - A limit of exactly the message's length lets it pass, one byte less does not, and never does more come out.
 *   - What is compressed is smaller, and comes back as it was.
 *
 *   input   uint8 encoding, odd: gzip, even: deflate | bytes */
#include "fuzz.h"
#include "grpc/compress.h"

#include <zlib.h>

enum { LIMIT = 64 << 10, ARENA_LIMIT = 1 << 20, ZLIB_BITS = 15, GZIP_BITS = 15 + 16 };

/* The whole message, with nothing behind it; false if there is none, or a longer one. */
static bool byte_by_byte(gg_compression how, gg_str bytes, gg_arena *arena, gg_str *message)
{
    z_stream z = { .next_in = (unsigned char *)(uintptr_t)bytes.ptr, .avail_in = (unsigned)bytes.len };
    char *out = gg_arena_alloc(arena, LIMIT + 1);
    size_t len = 0;
    int answer = inflateInit2(&z, how == GG_COMPRESSION_GZIP ? GZIP_BITS : ZLIB_BITS);
    LAW(out != NULL && answer == Z_OK, "out of memory");
    while (answer == Z_OK && len <= LIMIT) { /* each round makes a byte, or is the last */
        z.next_out = (unsigned char *)out + len;
        z.avail_out = 1;
        answer = inflate(&z, Z_NO_FLUSH);
        len += 1 - z.avail_out;
    }
    bool whole = answer == Z_STREAM_END && z.avail_in == 0 && len <= LIMIT;
    inflateEnd(&z);
    *message = (gg_str){ out, len };
    return whole;
}

static void check_limits(gg_compressor *c, gg_compression how, gg_str bytes, gg_str message, gg_arena *arena)
{
    gg_str again = { 0 };
    gg_rc rc = gg_decompress(c, how, bytes, (uint32_t)message.len, arena, &again);
    LAW(rc == GG_OK && fuzz_same(again, message), "%d with a limit of %zu, its length", (int)rc, message.len);
    if (message.len == 0)
        return;
    rc = gg_decompress(c, how, bytes, (uint32_t)message.len - 1, arena, &again);
    LAW(rc == GG_ETOOBIG, "%d with a limit one byte below %zu", (int)rc, message.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    gg_compression how = data[0] % 2 != 0 ? GG_COMPRESSION_GZIP : GG_COMPRESSION_DEFLATE;
    gg_str bytes = { (const char *)data + 1, size - 1 }, message = { 0 }, want, compressed, back;
    gg_compressor c = { 0 };
    gg_arena *arena = gg_arena_new(NULL, ARENA_LIMIT);
    LAW(arena != NULL, "out of memory");

    gg_rc rc = gg_decompress(&c, how, bytes, LIMIT, arena, &message);
    bool whole = bytes.len == 0 || byte_by_byte(how, bytes, arena, &want);
    LAW((rc == GG_OK) == whole, "%d, and zlib %s", (int)rc, whole ? "reads it" : "does not");
    LAW(rc != GG_OK || bytes.len == 0 || fuzz_same(message, want), "another message than zlib's");
    if (rc == GG_OK && bytes.len > 0)
        check_limits(&c, how, bytes, message, arena);

    rc = gg_compress(&c, how, bytes, arena, &compressed);
    LAW(rc == GG_OK || rc == GG_END, "%d of compressing", (int)rc);
    if (rc == GG_OK) {
        LAW(compressed.len < bytes.len, "%zu bytes became %zu", bytes.len, compressed.len);
        rc = gg_decompress(&c, how, compressed, (uint32_t)bytes.len, arena, &back);
        LAW(rc == GG_OK && fuzz_same(back, bytes), "%d, or others, came back", (int)rc);
    }
    gg_arena_unref(arena);
    gg_compressor_deinit(&c);
    return 0;
}
