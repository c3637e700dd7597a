/* test_compress.c -- messages through zlib: foreign bytes whole and cut anywhere, bombs, limits, and every allocation
 * failing. */
#include "grpc/compress.h"

#include "failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka wants those first */
#include <cmocka.h>

enum { ROOM_KEEP = 64 * 1024, MIB = 1 << 20 };
#define GZIP GG_COMPRESSION_GZIP
#define DEFLATE GG_COMPRESSION_DEFLATE

#define TEXT GG_STR_INIT("hello hello hello hello ")
#define EMPTY GG_STR_INIT("")
#define RAW_TEXT "\313\110\315\311\311\127\310\300\040\001"
#define GZIP_HEAD "\037\213\010\0\0\0\0\0\0\3"
#define GZIP_SUM "\326\101\342\320"
#define GZIP_TEXT GZIP_HEAD RAW_TEXT GZIP_SUM "\030\0\0\0"
#define GZIP_EMPTY GZIP_HEAD "\3\0\0\0\0\0\0\0\0\0"
#define ZLIB_TEXT "\170\234" RAW_TEXT "\160\324\010\321"
/* with extra bytes, a name, a comment and a sum of all that: RFC 1952, 2.3 */
#define GZIP_FIELDS \
    "\037\213\010\036\0\0\0\0\0\3" \
    "\3\0abc" \
    "name\0" \
    "comment\0" \
    "\171\161"
#define BYTES(text) GG_STR_INIT(text)

/* clang-format off */
static const struct {
    const char *what;
    gg_compression how;
    gg_str bytes;
    uint32_t max_len;
    gg_rc rc;
    gg_str message;
} rows[] = { /* made by zlib 1.2.13 of Python */
    { "gzip", GZIP, BYTES(GZIP_TEXT), 100, GG_OK, TEXT },
    { "zlib", DEFLATE, BYTES(ZLIB_TEXT), 100, GG_OK, TEXT },
    { "all fields of gzip", GZIP, BYTES(GZIP_FIELDS RAW_TEXT GZIP_SUM "\030\0\0\0"), 100, GG_OK, TEXT },
    { "exactly the limit", GZIP, BYTES(GZIP_TEXT), 24, GG_OK, TEXT },
    { "exactly the limit, zlib", DEFLATE, BYTES(ZLIB_TEXT), 24, GG_OK, TEXT },
    { "one byte more", GZIP, BYTES(GZIP_TEXT), 23, GG_ETOOBIG, EMPTY },
    { "one byte more, zlib", DEFLATE, BYTES(ZLIB_TEXT), 23, GG_ETOOBIG, EMPTY },
    { "a limit of nothing", GZIP, BYTES(GZIP_TEXT), 0, GG_ETOOBIG, EMPTY },
    { "nothing, compressed", GZIP, BYTES(GZIP_EMPTY), 0, GG_OK, EMPTY },
    { "nothing, compressed, zlib", DEFLATE, BYTES("\170\234\3\0\0\0\0\1"), 0, GG_OK, EMPTY },
    { "no byte", GZIP, EMPTY, 0, GG_OK, EMPTY },
    { "no byte, zlib", DEFLATE, EMPTY, 100, GG_OK, EMPTY },
    { "two members", GZIP, BYTES(GZIP_TEXT GZIP_TEXT), 100, GG_EPROTO, EMPTY },
    { "two members, over the limit", GZIP, BYTES(GZIP_TEXT GZIP_TEXT), 23, GG_ETOOBIG, EMPTY },
    { "an empty member behind", GZIP, BYTES(GZIP_TEXT GZIP_EMPTY), 24, GG_EPROTO, EMPTY },
    { "a byte behind", GZIP, BYTES(GZIP_TEXT "\0"), 100, GG_EPROTO, EMPTY },
    { "a byte behind, zlib", DEFLATE, BYTES(ZLIB_TEXT "\0"), 100, GG_EPROTO, EMPTY },
    { "twice, zlib", DEFLATE, BYTES(ZLIB_TEXT ZLIB_TEXT), 100, GG_EPROTO, EMPTY },
    { "gzip, called deflate", DEFLATE, BYTES(GZIP_TEXT), 100, GG_EPROTO, EMPTY },
    { "zlib, called gzip", GZIP, BYTES(ZLIB_TEXT), 100, GG_EPROTO, EMPTY },
    { "without a header", DEFLATE, BYTES(RAW_TEXT), 100, GG_EPROTO, EMPTY },
    { "not compressed", GZIP, TEXT, 100, GG_EPROTO, EMPTY },
    { "a wrong checksum", GZIP, BYTES(GZIP_HEAD RAW_TEXT "\326\101\342\321\030\0\0\0"), 100, GG_EPROTO, EMPTY },
    { "a wrong length", GZIP, BYTES(GZIP_HEAD RAW_TEXT GZIP_SUM "\031\0\0\0"), 100, GG_EPROTO, EMPTY },
    { "a wrong checksum, zlib", DEFLATE, BYTES("\170\234" RAW_TEXT "\160\324\010\320"), 100, GG_EPROTO, EMPTY },
    { "a dictionary", DEFLATE, BYTES("\170\273\031\221\004\111\313\100\060\121\110\000\160\324\010\321"), 100, GG_EPROTO,
      EMPTY },
    { "a block of no type", DEFLATE, BYTES("\170\234\7"), 100, GG_EPROTO, EMPTY },
};
/* clang-format on */

static void assert_str(gg_str got, gg_str want)
{
    assert_int_equal(got.len, want.len);
    if (want.len > 0)
        assert_memory_equal(got.ptr, want.ptr, want.len);
    assert_int_equal(got.ptr[got.len], '\0');
}

static void run_row(gg_compressor *c, size_t i)
{
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    gg_str out = { 0 };
    gg_rc rc = arena != NULL ? gg_decompress(c, rows[i].how, rows[i].bytes, rows[i].max_len, arena, &out) : GG_ENOMEM;
    if (!gg_fail_happened() || rc != GG_ENOMEM)
        assert_int_equal(rc, rows[i].rc);
    if (rc == GG_OK)
        assert_str(out, rows[i].message);
    gg_arena_unref(arena);
}

/* With a compressor of its own, each allocation failing; and then with one that all share. */
static void test_rows(void **state)
{
    (void)state;
    gg_compressor shared = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s\n", rows[i].what);
        for (size_t n = 0;; n++) {
            gg_compressor c = { 0 };
            gg_fail_after(n);
            run_row(&c, i);
            bool ran_whole = !gg_fail_happened();
            gg_fail_after(SIZE_MAX);
            run_row(&c, i); /* a failure leaves nothing behind */
            gg_compressor_deinit(&c);
            if (ran_whole)
                break;
        }
        run_row(&shared, i);
    }
    gg_compressor_deinit(&shared);
}

/* What is whole is cut short at every byte. */
static void test_truncated(void **state)
{
    (void)state;
    gg_compressor c = { 0 };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t len = 1; len < rows[i].bytes.len && rows[i].rc == GG_OK; len++) {
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_str out = { 0 };
            assert_int_equal(gg_decompress(&c, rows[i].how, gg_str_of(rows[i].bytes.ptr, len), 1000, arena, &out),
                GG_EPROTO);
            assert_null(out.ptr);
            gg_arena_unref(arena);
        }
    }
    gg_compressor_deinit(&c);
}

/* Bytes that compress to about `percent` of their length. */
static char *sample(size_t len, unsigned percent)
{
    char *bytes = malloc(len + 1);
    assert_non_null(bytes);
    uint32_t seed = 12345;
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (char)(i % 100 < percent ? seed >> 24 : 'x');
    }
    return bytes;
}

static void round_trip(gg_compressor *c, gg_compression how, size_t len, unsigned percent)
{
    gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
    assert_non_null(arena);
    char *bytes = sample(len, percent);
    gg_str message = gg_str_of(bytes, len), compressed = { 0 }, out = { 0 };
    gg_rc rc = gg_compress(c, how, message, arena, &compressed);
    if (percent == 100 || len < 8) {
        assert_int_equal(rc, GG_END); /* and so it is not used */
        assert_null(compressed.ptr);
    } else if (rc != GG_END || len > 1000) {
        assert_int_equal(rc, GG_OK);
        assert_true(compressed.len < len);
        assert_int_equal(gg_decompress(c, how, compressed, (uint32_t)len, arena, &out), GG_OK);
        assert_str(out, message);
        assert_int_equal(gg_decompress(c, how, compressed, (uint32_t)len - 1, arena, &out), GG_ETOOBIG);
    }
    assert_true(c->cap <= ROOM_KEEP);
    free(bytes);
    gg_arena_unref(arena);
}

static void test_round_trips(void **state)
{
    (void)state;
    static const size_t lens[] = { 0, 1, 2, 30, 100, 1000, ROOM_KEEP - 1, ROOM_KEEP, ROOM_KEEP + 1, 2 * ROOM_KEEP,
        2 * ROOM_KEEP + 1, 1000000, 4 * MIB };
    static const unsigned percents[] = { 0, 30, 70, 100 };
    gg_compressor c = { 0 };
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++)
        for (size_t p = 0; p < sizeof percents / sizeof percents[0]; p++) {
            round_trip(&c, GZIP, lens[i], percents[p]);
            round_trip(&c, DEFLATE, lens[i], percents[p]);
        }
    gg_compressor_deinit(&c);
}

/* Every allocation of compressing and decompressing fails in turn; the message is more than the room that is kept. */
static void test_no_memory(void **state)
{
    (void)state;
    enum { LEN = 300000 };
    char *bytes = sample(LEN, 70);
    for (int how = GZIP; how <= DEFLATE; how++)
        for (size_t n = 0;; n++) {
            gg_compressor c = { 0 };
            gg_str compressed = { 0 }, out = { 0 };
            gg_fail_after(n);
            gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
            gg_rc rc = arena == NULL ? GG_ENOMEM
                                     : gg_compress(&c, (gg_compression)how, gg_str_of(bytes, LEN), arena, &compressed);
            if (rc == GG_OK)
                rc = gg_decompress(&c, (gg_compression)how, compressed, LEN, arena, &out);
            bool failed = gg_fail_happened();
            assert_int_equal(rc, failed ? GG_ENOMEM : GG_OK);
            gg_arena_unref(arena);
            gg_compressor_deinit(&c);
            if (!failed)
                break;
        }
    gg_fail_after(SIZE_MAX);
    free(bytes);
}

/* 48 MiB in 48 KiB: it stops one byte above the limit, and the arena has paid nothing. */
static void test_bomb(void **state)
{
    (void)state;
    enum { LEN = 48 * MIB };
    static const uint32_t limits[] = { 0, 1, 1000, ROOM_KEEP - 1, ROOM_KEEP, 1000000, 4 * MIB };
    char *zeros = calloc(1, LEN);
    assert_non_null(zeros);
    for (int how = GZIP; how <= DEFLATE; how++) {
        gg_compressor c = { 0 };
        gg_str bomb = { 0 }, out = { 0 };
        gg_arena *arena = gg_arena_new(NULL, GG_ARENA_LIMIT);
        assert_int_equal(gg_compress(&c, (gg_compression)how, gg_str_of(zeros, LEN), arena, &bomb), GG_OK);
        assert_in_range(bomb.len, 40000, 60000);
        size_t taken = gg_arena_taken(arena);
        for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
            gg_fail_after(SIZE_MAX); /* counts from here */
            assert_int_equal(gg_decompress(&c, (gg_compression)how, bomb, limits[i], arena, &out), GG_ETOOBIG);
            assert_in_range(gg_fail_count(), 0, 9); /* 64 KiB, 128 KiB ... 4 MiB + 1; inflate's own, once */
            assert_int_equal(c.len, (size_t)limits[i] + 1);
            assert_int_equal(gg_arena_taken(arena), taken);
            assert_true(c.cap <= ROOM_KEEP);
        }
        gg_arena_unref(arena);
        gg_compressor_deinit(&c);
    }
    free(zeros);
}

/* Once everything was needed, messages that fit into what is kept cost no allocation, whatever the encodings. */
static void test_steady(void **state)
{
    (void)state;
    enum { LEN = 5000, BUFFER_LEN = 32 * 1024 };
    static char buffer[BUFFER_LEN];
    gg_compressor c = { 0 };
    char *bytes = sample(LEN, 50);
    for (size_t i = 0; i < 20; i++) {
        gg_compression how = i % 3 == 0 ? GZIP : DEFLATE;
        gg_arena *arena = gg_arena_new_in(buffer, sizeof buffer);
        gg_str compressed = { 0 }, out = { 0 };
        gg_fail_after(SIZE_MAX); /* counts from here */
        assert_int_equal(gg_compress(&c, how, gg_str_of(bytes, LEN), arena, &compressed), GG_OK);
        assert_int_equal(gg_decompress(&c, how, compressed, LEN, arena, &out), GG_OK);
        if (i >= 2)
            assert_int_equal(gg_fail_count(), 0);
        gg_arena_unref(arena);
    }
    free(bytes);
    gg_compressor_deinit(&c);
}

/* An arena that is spent is no reason for a crash. */
static void test_arena_spent(void **state)
{
    (void)state;
    static char buffer[4096];
    gg_compressor c = { 0 };
    gg_arena *big = gg_arena_new(NULL, GG_ARENA_LIMIT), *small = gg_arena_new_in(buffer, sizeof buffer);
    char *bytes = sample(100000, 0);
    gg_str compressed = { 0 }, out = { 0 };
    assert_int_equal(gg_compress(&c, GZIP, gg_str_of(bytes, 100000), big, &compressed), GG_OK);
    assert_int_equal(gg_decompress(&c, GZIP, compressed, 100000, small, &out), GG_ENOMEM);
    assert_int_equal(gg_decompress(&c, GZIP, compressed, 100000, big, &out), GG_OK);
    free(bytes);
    gg_arena_unref(small);
    gg_arena_unref(big);
    gg_compressor_deinit(&c);
}

/* -- names -- */

static const struct {
    const char *accept, *encoding; /* NULL: there is no such header */
    bool gzip, deflate, identity;
} lists[] = {
    { NULL, NULL, false, false, false },
    { NULL, "gzip", true, false, false }, /* who sends it can read it */
    { NULL, "deflate", false, true, false },
    { "identity", "gzip", false, false, true },
    { "gzip", NULL, true, false, false },
    { "identity,deflate,gzip", NULL, true, true, true },
    { "identity, gzip , zstd", NULL, true, false, true },
    { "gzip2,xgzip,,defl", NULL, false, false, false },
    { " \t,gzip", NULL, true, false, false },
    { "", "gzip", false, false, false },
    { ",", NULL, false, false, false },
};

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        gg_header items[2];
        gg_headers headers = { items, 0, 2 };
        if (lists[i].accept != NULL)
            items[headers.count++] = (gg_header){ GG_STR("grpc-accept-encoding"), gg_str_from(lists[i].accept) };
        if (lists[i].encoding != NULL)
            items[headers.count++] = (gg_header){ GG_STR("grpc-encoding"), gg_str_from(lists[i].encoding) };
        assert_int_equal(gg_compression_accepted(GZIP, &headers), lists[i].gzip);
        assert_int_equal(gg_compression_accepted(DEFLATE, &headers), lists[i].deflate);
        assert_int_equal(gg_compression_accepted(GG_COMPRESSION_IDENTITY, &headers), lists[i].identity);
    }
    gg_header two[] = { { GG_STR("grpc-accept-encoding"), GG_STR("identity") },
        { GG_STR("grpc-accept-encoding"), GG_STR("gzip") } };
    assert_true(gg_compression_accepted(GZIP, &(gg_headers){ two, 2, 2 }));
}

static void test_names(void **state)
{
    (void)state;
    static const char *const unknown[] = { "", "GZIP", "gzip ", "br", "x-gzip", "identity," };
    gg_compression found;
    for (int how = GG_COMPRESSION_IDENTITY; how <= DEFLATE; how++) {
        assert_true(gg_compression_parse(gg_compression_name((gg_compression)how), &found));
        assert_int_equal(found, how);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_false(gg_compression_parse(gg_str_from(unknown[i]), &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_steady),
        cmocka_unit_test(test_arena_spent),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
